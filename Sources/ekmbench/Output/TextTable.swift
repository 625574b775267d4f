/// Columns of text, each as wide as its longest cell; figures stand to the right.
struct TextTable {
    private let header: [String]
    private let leading: Int
    private var rows: [[String]] = []

    /// - Parameter leading: how many columns are text, on the left.
    init(_ header: [String], leading: Int = 1) {
        self.header = header
        self.leading = leading
    }

    mutating func append(_ row: [String]) { rows.append(row) }

    var isEmpty: Bool { rows.isEmpty }

    var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column < leading ? cell.0 + space : space + cell.0
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
