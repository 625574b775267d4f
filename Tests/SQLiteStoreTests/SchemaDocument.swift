import FoundationEssentials

/// The tables of the document that describes the schema.
struct SchemaDocument {
    /// `table.column TYPE`, with `, NULL` behind it where the column may be that.
    private(set) var columns: Set<String> = []

    init() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = root + "/Sources/SQLiteStore/Documentation.docc/StoreSchema.md"
        var table = Substring()
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("#") { table = "" }
            if line.hasPrefix("**") { table = line.dropFirst(2).prefix { $0 != "*" } }
            let cells = line.split(separator: "|")
            guard !table.isEmpty, line.hasPrefix("| `"), cells.count >= 2 else { continue }
            // The version that a column came with is not in the schema.
            let type = cells[1].split(separator: ",").map { $0.filter { $0 != " " } }.filter { $0.allSatisfy(\.isLetter) }
            for name in cells[0].split(separator: ",") {
                columns.insert("\(table).\(name.filter { !" `".contains($0) }) \(type.joined(separator: ", "))")
            }
        }
    }
}
