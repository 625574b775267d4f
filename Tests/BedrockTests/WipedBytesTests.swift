import Testing

@testable import Bedrock

@Suite("Wiped bytes") struct WipedBytesTests {
    private struct Failure: Error, Equatable {}

    @Test("What is appended stands there, however often the buffer grows")
    func growing() {
        let bytes = WipedBytes(capacity: 0)
        for index in 0..<1000 { bytes.append(UInt8(truncatingIfNeeded: index)) }
        bytes.append("text")
        bytes.append(bytes.copy(0..<3))
        let more: [UInt8] = [7, 8]
        bytes.append(more.span.bytes)
        #expect(bytes.count == 1009 && bytes.capacity >= 1009)
        #expect((0..<1000).allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: $0) })
        #expect(bytes.text(1000..<1004) == "text")
        #expect((1004..<1009).map { bytes[$0] } == [0, 1, 2, 7, 8])
    }

    @Test("A buffer that is large enough does not move")
    func steady() {
        let bytes = WipedBytes(capacity: 8)
        let place = bytes.start
        for index in 0..<8 as Range<UInt8> { bytes.append(index) }
        #expect(bytes.start == place && bytes.capacity == 8)
    }

    @Test("What fills a buffer may write less than there is room for, or fail")
    func filling() {
        let bytes = WipedBytes(capacity: 16) { output in
            output.append(UInt8(1))
            output.append(UInt8(2))
        }
        #expect(bytes.count == 2 && bytes[1] == 2)
        #expect(throws: Failure()) {
            _ = try WipedBytes(capacity: 16) { (output) throws(Failure) in
                output.append(UInt8(1))
                throw Failure()
            }
        }
    }

    @Test("Wiping leaves zeros, and of an array nothing")
    func wiped() {
        var page = [UInt8](repeating: 0xA5, count: 64)
        page.withUnsafeMutableBytes { $0.wipe() }
        #expect(page == [UInt8](repeating: 0, count: 64))
        page.wipe()
        #expect(page.isEmpty)
    }

    @Test("A C string ends behind the bytes, and is no part of them")
    func cString() throws {
        let bytes = WipedBytes("secret")
        let text = try #require(bytes.cString())
        #expect(String(cString: text) == "secret" && bytes.count == 6)
    }
}
