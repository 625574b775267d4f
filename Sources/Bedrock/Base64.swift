/// Base64 (RFC 4648, section 4), strict and padded, without table look-ups or branches that depend on the bytes.
///
/// Length and padding are not secret, nor is whether a text is base64 at all.
package enum Base64 {
    /// The text of what is public.
    package static func text(of bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        append(unsafe bytes.span.bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the text of `bytes`. Reserve the room first where they are secret: 4 characters for each 3 bytes begun.
    package static func append(_ bytes: RawSpan, to text: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.byteCount, by: 3) {
            let digits = digits(of: bytes, from: start)
            text.append(digits.0)
            text.append(digits.1)
            text.append(digits.2)
            text.append(digits.3)
        }
    }

    /// Appends the text of `bytes`, which may be secret.
    package static func append(_ bytes: RawSpan, to text: WipedBytes) {
        for start in stride(from: 0, to: bytes.byteCount, by: 3) {
            let digits = digits(of: bytes, from: start)
            text.append(digits.0)
            text.append(digits.1)
            text.append(digits.2)
            text.append(digits.3)
        }
    }

    /// The bytes of a text, in an array that the caller wipes where they are secret.
    /// - Returns: nil unless all of it is base64, padded, in its one canonical form, without anything between.
    package static func bytes(of text: some Collection<UInt8>) -> [UInt8]? {
        var decoder = Base64Decoder()
        var bytes: [UInt8] = []
        // Enough for all of it: an array that grows leaves a copy behind.
        bytes.reserveCapacity(text.count / 4 * 3 + 3)
        for digit in text {
            let group = decoder.push(digit)
            for index in 0..<group.count { bytes.append(group[index]) }
        }
        guard decoder.isWhole else {
            bytes.wipe()
            return nil
        }
        return bytes
    }

    /// How many bytes a text stands for; nil unless it is base64 in its canonical form.
    package static func byteCount(of text: RawSpan) -> Int? {
        var decoder = Base64Decoder()
        var count = 0
        for offset in 0..<text.byteCount { count += decoder.push(unsafe text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)).count }
        return decoder.isWhole ? count : nil
    }

    /// Writes the bytes of a text that ``byteCount(of:)`` has counted, for which there must be room.
    package static func decode(_ text: RawSpan, into output: inout OutputRawSpan) {
        var decoder = Base64Decoder()
        for offset in 0..<text.byteCount {
            decoder.push(unsafe text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)).append(to: &output)
        }
    }

    private static func digits(of bytes: RawSpan, from start: Int) -> (UInt8, UInt8, UInt8, UInt8) {
        let length = min(3, bytes.byteCount - start)
        var bits: UInt32 = 0
        for offset in 0..<3 {
            bits = bits << 8 | (offset < length ? UInt32(unsafe bytes.unsafeLoad(fromByteOffset: start + offset, as: UInt8.self)) : 0)
        }
        let padding = UInt8(ascii: "=")
        return (digit(bits >> 18), digit(bits >> 12), length > 1 ? digit(bits >> 6) : padding, length > 2 ? digit(bits) : padding)
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        let v = Int32(truncatingIfNeeded: value & 0x3F)
        func above(_ low: Int32) -> Int32 { (low - 1 - v) >> 31 }
        // The distance between the ranges is added wherever the next one begins.
        return UInt8(truncatingIfNeeded: v + 0x41 + (above(26) & 6) - (above(52) & 75) - (above(62) & 15) + (above(63) & 3))
    }
}
