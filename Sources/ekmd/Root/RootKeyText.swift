import Bedrock
import Cryptography
import KeyHierarchy

/// The root key as its file holds it: 32 bytes in base64 (RFC 4648, section 4), one line.
enum RootKeyText {
    /// Decodes into locked memory; nil unless the text is exactly 32 bytes in base64, white space at its end aside.
    static func decode(_ text: RawSpan) -> SecretBytes? {
        var end = text.byteCount
        while end > 0, isSpace(unsafe text.unsafeLoad(fromByteOffset: end - 1, as: UInt8.self)) { end -= 1 }
        let digits = text.extracting(0..<end)
        guard Base64.byteCount(of: digits) == RootKey.byteCount else { return nil }
        return try? SecretBytes(byteCount: RootKey.byteCount) { output in Base64.decode(digits, into: &output) }
    }

    /// Encoded with a newline at the end, 45 bytes.
    static func text(of secret: borrowing SecretBytes) -> WipedBytes {
        let text = WipedBytes(capacity: 45)
        secret.withBytes { Base64.append($0, to: text) }
        text.append("\n")
        return text
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
