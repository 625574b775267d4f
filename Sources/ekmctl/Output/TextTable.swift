/// Columns of text, each as wide as its longest cell.
struct TextTable {
    let text: String

    /// - Parameter isContinued: whether the header stands further up already.
    init(_ header: [String], _ rows: [[String]], isContinued: Bool = false) {
        let all = [header] + rows.map { $0.map(PlainText.line) }
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        text = all.dropFirst(isContinued ? 1 : 0).map { row in
            var line = zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}

/// Lines of a label and what it says.
enum TextRows {
    static func lines(_ rows: [(String, String)], labels width: Int = 14) -> [String] {
        rows.map { $0.0.padded(to: width) + PlainText.line($0.1) }
    }
}

extension String {
    /// With spaces behind, as many as it takes.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
