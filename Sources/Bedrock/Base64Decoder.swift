/// Collects the digits of a base64 text one by one, for a reader that meets them so, and hands out bytes.
package struct Base64Decoder {
    /// The bytes that a digit completed: none, or up to three.
    package struct Group {
        package let count: Int
        // The first byte stands in the highest of the 24 bits.
        private let bits: UInt32

        fileprivate init(count: Int, bits: UInt32) {
            self.count = count
            self.bits = bits
        }

        package subscript(index: Int) -> UInt8 {
            precondition(index >= 0 && index < count, "an index lies within the group")
            return UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * index))
        }

        package func append(to output: inout OutputRawSpan) { for index in 0..<count { output.append(self[index]) } }
    }

    private var bits: UInt32 = 0
    private var digits = 0
    private var padding = 0
    // Gathered without a branch; not zero once something was no base64.
    private var faults: UInt32 = 0

    package init() {}

    /// Whether everything was whole groups of four, in the one form that its bytes have.
    package var isWhole: Bool { faults == 0 && (digits + padding) % 4 == 0 && digits + padding <= 4 && padding <= 2 }

    package mutating func push(_ digit: UInt8) -> Group {
        if digit == UInt8(ascii: "=") {
            padding += 1
        } else {
            let value = Self.value(digit)
            faults |= UInt32(bitPattern: value >> 31) | UInt32(truncatingIfNeeded: padding)
            bits = bits << 6 | UInt32(truncatingIfNeeded: value & 0x3F)
            digits += 1
        }
        guard digits + padding == 4 else { return Group(count: 0, bits: 0) }
        switch padding {
        case 0:
            defer { (bits, digits) = (0, 0) }
            return Group(count: 3, bits: bits)
        case 1:
            faults |= bits & 0b11
            return Group(count: 2, bits: bits << 6)
        case 2:
            faults |= bits & 0b1111
            return Group(count: 1, bits: bits << 12)
        default:
            faults |= 1
            return Group(count: 0, bits: 0)
        }
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
}
