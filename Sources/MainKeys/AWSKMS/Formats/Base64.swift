/// Base64 (RFC 4648, section 4), strict and padded, without table look-ups or branches that depend on a digit's value.
enum Base64 {
    /// Collects digits, and hands out bytes.
    struct Decoder {
        private var bits: UInt32 = 0
        private var digits = 0
        private var padding = 0
        private(set) var isMalformed = false

        mutating func push(_ digit: UInt8, _ emit: (UInt8) -> Void) {
            if digit == UInt8(ascii: "=") {
                padding += 1
            } else {
                let value = Base64.value(digit)
                if value < 0 || padding > 0 { isMalformed = true }
                bits = bits << 6 | UInt32(truncatingIfNeeded: value & 0x3F)
                digits += 1
            }
            guard digits + padding == 4 else { return }
            switch padding {
            case 0:
                emit(UInt8(truncatingIfNeeded: bits >> 16))
                emit(UInt8(truncatingIfNeeded: bits >> 8))
                emit(UInt8(truncatingIfNeeded: bits))
                bits = 0
                digits = 0
            case 1:
                emit(UInt8(truncatingIfNeeded: bits >> 10))
                emit(UInt8(truncatingIfNeeded: bits >> 2))
                if bits & 0b11 != 0 { isMalformed = true }
            case 2:
                emit(UInt8(truncatingIfNeeded: bits >> 4))
                if bits & 0b1111 != 0 { isMalformed = true }
            default: isMalformed = true
            }
        }

        /// Whether everything was whole groups of four.
        var isWhole: Bool { !isMalformed && (digits + padding) % 4 == 0 && digits + padding <= 4 && padding <= 2 }
    }

    /// The digit's value; negative if it is none.
    private static func value(_ digit: UInt8) -> Int32 {
        let c = Int32(digit)
        // All ones where low <= c <= high, zero elsewhere.
        func within(_ low: Int32, _ high: Int32) -> Int32 { ((low - 1 - c) & (c - high - 1)) >> 31 }
        return -1
            + (within(0x41, 0x5A) & (c - 0x41 + 1))  // A–Z
            + (within(0x61, 0x7A) & (c - 0x61 + 27))  // a–z
            + (within(0x30, 0x39) & (c - 0x30 + 53))  // 0–9
            + (within(0x2B, 0x2B) & 63)  // +
            + (within(0x2F, 0x2F) & 64)  // /
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        let v = Int32(truncatingIfNeeded: value & 0x3F)
        func above(_ low: Int32) -> Int32 { (low - 1 - v) >> 31 }
        // The distance between the ranges is added wherever the next one begins.
        return UInt8(truncatingIfNeeded: v + 0x41 + (above(26) & 6) - (above(52) & 75) - (above(62) & 15) + (above(63) & 3))
    }

    /// Appends the digits of `bytes` to `text`.
    static func encode(_ bytes: RawSpan, into text: WipedBytes) {
        var index = 0
        while index < bytes.byteCount {
            var bits: UInt32 = 0
            let length = min(3, bytes.byteCount - index)
            for offset in 0..<3 {
                bits = bits << 8 | (offset < length ? UInt32(unsafe bytes.unsafeLoad(fromByteOffset: index + offset, as: UInt8.self)) : 0)
            }
            text.append(digit(bits >> 18))
            text.append(digit(bits >> 12))
            text.append(length > 1 ? digit(bits >> 6) : UInt8(ascii: "="))
            text.append(length > 2 ? digit(bits) : UInt8(ascii: "="))
            index += 3
        }
    }
}
