import Bedrock
import Cryptography
import Foundation
import Testing

@testable import ekmd

@Suite("The root key's text")
struct DaemonRootKeyTests {
    private func decoded(_ text: String) -> Data? {
        let bytes = Array(text.utf8)
        guard let secret = RootKeyText.decode(bytes.span.bytes) else { return nil }
        return secret.withBytes { bytes in bytes.withUnsafeBytes { Data($0) } }
    }

    @Test("32 bytes go to base64 and back as others do it", arguments: 0..<64)
    func roundTrip(seed: UInt8) throws {
        var key = Data()
        for index in 0..<32 {
            let value = index * 37 + index * index + Int(seed) * 4
            key.append(UInt8(truncatingIfNeeded: value))
        }
        let bytes = Array(key)
        let secret = try SecretBytes(copying: bytes.span.bytes)
        let written = RootKeyText.text(of: secret)
        let text = try #require(written.text(0..<written.count))
        #expect(text == key.base64EncodedString() + "\n")
        #expect(decoded(text) == key)
        #expect(decoded(key.base64EncodedString() + " \r\n\t") == key)
    }

    @Test("What is not exactly 32 bytes in base64 is no root key")
    func refused() {
        let good = Data(repeating: 0xfb, count: 32).base64EncodedString()
        var bad: [String] = ["", "\n", String(good.dropLast()), "=" + good.dropLast(), " " + good, good + "=", good + "\nx"]
        for count in [31, 33] { bad.append(Data(repeating: 1, count: count).base64EncodedString()) }
        // Another alphabet, bits left over, a line break inside.
        bad.append(good.replacingOccurrences(of: "+", with: "-"))
        bad.append(good.dropLast(2) + "/=")
        bad.append(good.dropLast(10) + "\n" + good.suffix(9))
        let strangers: [UInt8] = [0, 0x20, 0x2a, 0x2c, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7f]
        for stranger in strangers { bad.append(String(Character(Unicode.Scalar(stranger))) + good.dropFirst()) }
        for text in bad { #expect(decoded(text) == nil, "\(text)") }
    }
}
