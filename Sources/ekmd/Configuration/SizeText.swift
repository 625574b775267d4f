/// Sizes as the configuration writes them: bytes, or a whole number of `KiB`, `MiB`, `GiB`.
enum SizeText {
    private static let units: [(name: String, bytes: Int)] = [("", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]

    /// Nil where it is not one.
    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isNumber }
        guard let number = DecimalText.parse(digits), let unit = units.first(where: { $0.name == text[digits.endIndex...] }) else {
            return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    /// In the largest unit that divides it.
    static func text(of bytes: Int) -> String {
        let unit = units.last { bytes >= $0.bytes && bytes % $0.bytes == 0 } ?? units[0]
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}
