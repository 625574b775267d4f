/// Text that others chose, made harmless for a terminal: what would move its cursor, change its colours or reorder what stands beside
/// it is shown as `\u{…}` instead.
enum PlainText {
    /// Of one line: line breaks are shown, too, so that nobody writes lines in our name.
    static func line(_ text: String) -> String { escaped(text) { isHarmful($0) } }

    /// Of several lines.
    static func lines(_ text: String) -> String { escaped(text) { isHarmful($0) && $0 != "\n" } }

    private static func escaped(_ text: String, _ isEscaped: (Unicode.Scalar) -> Bool) -> String {
        guard text.unicodeScalars.contains(where: isEscaped) else { return text }
        return text.unicodeScalars.reduce(into: "") { output, scalar in
            if isEscaped(scalar) {
                output += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                output.unicodeScalars.append(scalar)
            }
        }
    }

    /// Control characters (C0, DEL, C1), format characters such as the bidirectional overrides, and separators of lines and paragraphs.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
