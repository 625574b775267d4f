/// Base64 (RFC 4648, section 4), in memory that the caller can wipe.
enum Base64 {
    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// For what is public.
    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        unsafe append(bytes.span.bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the text of `bytes`. Reserve the room first where they are secret: 4 characters for each 3 bytes begun.
    static func append(_ bytes: RawSpan, to text: inout [UInt8]) {
        func byte(_ offset: Int) -> UInt32 {
            offset < bytes.byteCount ? UInt32(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) : 0
        }
        for start in stride(from: 0, to: bytes.byteCount, by: 3) {
            let group = byte(start) << 16 | byte(start + 1) << 8 | byte(start + 2)
            for index in 0..<4 {
                let isPadding = start + index > bytes.byteCount
                text.append(isPadding ? 0x3D : alphabet[Int(group >> (18 - 6 * UInt32(index)) & 63)])
            }
        }
    }

    /// - Returns: nil unless all of it is base64, padded, without anything between.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let text = Array(text)
        guard text.count % 4 == 0 else { return nil }
        let padding = text.reversed().prefix { $0 == 0x3D }.count
        guard padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        for (index, character) in text.dropLast(padding).enumerated() {
            guard let value = value(character) else {
                bytes.wipe()
                return nil
            }
            group = group << 6 | value
            if index % 4 == 3 {
                bytes += [UInt8(truncatingIfNeeded: group >> 16), UInt8(truncatingIfNeeded: group >> 8), UInt8(truncatingIfNeeded: group)]
                group = 0
            }
        }
        // Bits behind the last byte must be zero, so that no bytes have two texts.
        switch padding {
        case 1:
            guard group & 3 == 0 else { return nil }
            bytes += [UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2)]
        case 2:
            guard group & 15 == 0 else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: group >> 4))
        default: break
        }
        return bytes
    }

    private static func value(_ character: UInt8) -> UInt32? {
        switch character {
        case 0x41...0x5A: UInt32(character) - 0x41
        case 0x61...0x7A: UInt32(character) - 0x61 + 26
        case 0x30...0x39: UInt32(character) - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}

extension ArraySlice<UInt8> {
    /// Without the white space at its end.
    var trimmingSpaceAtEnd: ArraySlice<UInt8> {
        var slice = self
        while let last = slice.last, [0x20, 0x09, 0x0A, 0x0D].contains(last) { slice = slice.dropLast() }
        return slice
    }
}
