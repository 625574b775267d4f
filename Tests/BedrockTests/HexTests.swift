import Testing

@testable import Bedrock

@Suite("Hex") struct HexTests {
    @Test("Every byte has two lower-case digits, and comes back")
    func roundTrip() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hex.text(of: bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff") && text.contains("090a0b"))
        #expect(text.utf8.count == 512 && text == text.lowercased())
        #expect(Hex.bytes(of: text) == bytes)
        #expect(Hex.text(of: UInt8(0x0f)) == "0f")
        #expect(Hex.text(of: [UInt8]()) == "" && Hex.bytes(of: "") == [])
    }

    @Test("Nothing else is read", arguments: ["0", "000", "0G", "g0", "AB", "0x00", " 00", "00 ", "0\u{660}", "/0", ":0", "`0"])
    func refused(_ text: String) { #expect(Hex.bytes(of: text) == nil) }
}
