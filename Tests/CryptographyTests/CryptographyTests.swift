import Cryptography
import Testing

@Suite struct EnvelopeTests {
    @Test("A sealed envelope opens under its key, header and context")
    func roundTrip() throws {
        let key = try SecretBytes.random(byteCount: 32)
        let cipher = try EnvelopeCipher(key: key)
        let nonce = try Random.bytes(24)
        let text = Array("text".utf8)
        let header = Array("header".utf8)
        let sealed = try [UInt8](capacity: 200) {
            try cipher.seal(text.span.bytes, header: header.span.bytes, context: RawSpan(), nonce: nonce.span.bytes, into: &$0)
        }
        let opened = try [UInt8](capacity: 200) {
            try cipher.open(sealed.span.bytes, header: header.span.bytes, context: RawSpan(), into: &$0)
        }
        #expect(opened == text)
        #expect(sealed.count == text.count + EnvelopeCipher.overhead)
    }
}

extension [UInt8] {
    init(capacity: Int, fill: (inout OutputRawSpan) throws -> Void) throws {
        try self.init(unsafeUninitializedCapacity: capacity) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            var output = OutputRawSpan(buffer: raw, initializedCount: 0)
            do { try fill(&output) } catch {
                count = 0
                throw error
            }
            count = output.finalize(for: raw)
        }
    }
}
