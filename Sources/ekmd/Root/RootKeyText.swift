import Cryptography
import Glibc

/// The root key as its file holds it: 32 bytes in base64 (RFC 4648, section 4), one line.
enum RootKeyText {
    /// Decodes into locked memory; nil unless the text is exactly 32 bytes in base64, white space at its end aside.
    static func decode(_ text: RawSpan) -> SecretBytes? {
        var end = text.byteCount
        while end > 0, isSpace(unsafe text.unsafeLoad(fromByteOffset: end - 1, as: UInt8.self)) { end -= 1 }
        // 32 bytes are 43 digits and one sign of padding.
        guard end == 44, unsafe text.unsafeLoad(fromByteOffset: 43, as: UInt8.self) == UInt8(ascii: "=") else { return nil }
        var invalid: UInt8 = 0
        let secret = try? SecretBytes(byteCount: 32) { output in
            var bits: UInt32 = 0
            for index in 0..<43 {
                let digit = value(unsafe text.unsafeLoad(fromByteOffset: index, as: UInt8.self))
                invalid |= digit >> 6
                bits = bits << 6 | UInt32(digit & 63)
                switch index % 4 {
                case 1: output.append(UInt8(truncatingIfNeeded: bits >> 4))
                case 2: output.append(UInt8(truncatingIfNeeded: bits >> 2))
                case 3: output.append(UInt8(truncatingIfNeeded: bits))
                default: break
                }
            }
            // Two bits are left over, which RFC 4648 wants to be zero.
            invalid |= UInt8(bits & 3)
        }
        guard invalid == 0, let secret = consume secret else { return nil }
        return secret
    }

    /// Encodes with a newline at the end, 45 bytes, and lends the text, which is wiped thereafter.
    static func withText<R>(of secret: borrowing SecretBytes, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let text = UnsafeMutableRawBufferPointer.allocate(byteCount: 45, alignment: 1)
        defer {
            if let base = text.baseAddress { unsafe explicit_bzero(base, 45) }
            unsafe text.deallocate()
        }
        secret.withBytes { bytes in
            var (bits, count, place): (UInt32, UInt32, Int) = (0, 0, 0)
            for index in 0..<min(32, bytes.byteCount) {
                bits = bits << 8 | UInt32(unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))
                count += 8
                while count >= 6 {
                    count -= 6
                    unsafe text[place] = digit(UInt8(truncatingIfNeeded: bits >> count) & 63)
                    place += 1
                }
            }
            unsafe text[42] = digit(UInt8(truncatingIfNeeded: bits << 2) & 63)
            unsafe text[43] = UInt8(ascii: "=")
            unsafe text[44] = UInt8(ascii: "\n")
        }
        return try unsafe body(UnsafeRawBufferPointer(text))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    /// All arithmetic: a table or a branch would tell the digits to who watches the cache. 0x40 is set where it is no digit.
    private static func value(_ byte: UInt8) -> UInt8 {
        let digit = Int32(byte)
        func range(_ low: UInt8, _ high: UInt8, _ offset: Int32) -> Int32 {
            let inside = ((Int32(low) - 1 - digit) & (digit - Int32(high) - 1)) >> 31
            return inside & (digit + offset + 1)
        }
        let sum =
            range(UInt8(ascii: "A"), UInt8(ascii: "Z"), -65) | range(UInt8(ascii: "a"), UInt8(ascii: "z"), -71)
            | range(UInt8(ascii: "0"), UInt8(ascii: "9"), 4) | range(UInt8(ascii: "+"), UInt8(ascii: "+"), 19)
            | range(UInt8(ascii: "/"), UInt8(ascii: "/"), 16)
        // One more than the value, so that 0 is none.
        return UInt8(truncatingIfNeeded: sum - 1) & 0x7f
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        let value = Int32(value)
        var digit = value + 65
        digit += ((25 - value) >> 31) & 6
        digit -= ((51 - value) >> 31) & 75
        digit -= ((61 - value) >> 31) & 15
        digit += ((62 - value) >> 31) & 3
        return UInt8(truncatingIfNeeded: digit)
    }
}
