/// Columns of text, each as wide as its longest cell.
struct TextTable {
    let text: String

    init(_ header: [String], _ rows: [[String]]) {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        text = all.map { row in
            var line = zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}

extension String {
    /// With spaces behind, as many as it takes.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
