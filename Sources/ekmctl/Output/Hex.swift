/// Hexadecimal, as reports show ids.
enum Hex {
    /// The bytes of `text`; what is no hex digit is passed over.
    static func decode(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
