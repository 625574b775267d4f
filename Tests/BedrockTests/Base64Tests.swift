import Foundation
import Testing

@testable import Bedrock

@Suite("Base64") struct Base64Tests {
    /// RFC 4648, section 10.
    static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]

    @Test("The RFC's examples go there and back", arguments: vectors)
    func published(_ plain: String, _ text: String) {
        #expect(Base64.text(of: Array(plain.utf8)) == text)
        #expect(Base64.bytes(of: text.utf8) == Array(plain.utf8))
    }

    @Test("Bytes of every length and value are written as Foundation writes them, and read back", arguments: 0..<67)
    func others(_ length: Int) {
        for seed in 0..<64 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 * $0 + seed * 4) }
            let text = Data(bytes).base64EncodedString()
            #expect(Base64.text(of: bytes) == text)
            let wiped = WipedBytes(capacity: 0)
            Base64.append(bytes.span.bytes, to: wiped)
            #expect(wiped.text(0..<wiped.count) == text)
            #expect(Base64.bytes(of: text.utf8) == bytes)
            #expect(decoded(text) == bytes)
        }
    }

    @Test(
        "What is not canonical is refused",
        arguments: [
            // Bits left over, padding that is missing, too much, or in the wrong place.
            "Zh==", "Zm9=", "Zg", "Zg=", "Z===", "====", "=", "Zg==Zg==", "Zm9v=", "Zm9v====", "=Zm9", "Zm=v", "Z", "Zm9vY",
            // Another alphabet, white space, a line break.
            "Zm-v", "Zm_v", "Zm 9v", "Zm9v\n", "Zm9v ", " Zm9v", "Zm\n9v", "Zmäv",
        ])
    func refused(_ text: String) {
        #expect(Base64.bytes(of: text.utf8) == nil)
        #expect(decoded(text) == nil)
    }

    @Test("No byte outside the alphabet is a digit")
    func alphabet() {
        let digits = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect((Base64.bytes(of: [byte, 0x41, 0x41, 0x41]) != nil) == digits.contains(byte), "\(byte)")
        }
    }

    /// Through the way that needs no array.
    private func decoded(_ text: String) -> [UInt8]? {
        let text = Array(text.utf8)
        let span = text.span.bytes
        guard let count = Base64.byteCount(of: span) else { return nil }
        let bytes = WipedBytes(capacity: count) { output in Base64.decode(span, into: &output) }
        return (0..<bytes.count).map { bytes[$0] }
    }
}
