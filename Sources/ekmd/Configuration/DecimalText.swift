/// Whole numbers in decimal digits and nothing else: no sign, no hexadecimal, no grouping as YAML would allow.
enum DecimalText {
    /// Nil where it is not one, or does not fit.
    static func parse(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(text)
    }
}
