import Cryptography
import Testing

@Suite("Streams") struct StreamCipherTests {
    let header = Array("stream header".utf8)
    let key = [UInt8](repeating: 7, count: 32)
    let salt = [UInt8](repeating: 9, count: 32)

    func cipher(key: [UInt8]? = nil, salt: [UInt8]? = nil, header: [UInt8]? = nil) throws -> StreamCipher {
        let (salt, header) = (salt ?? self.salt, header ?? self.header)
        return try StreamCipher(lentDataKey: SecretBytes(key ?? self.key), salt: salt.span.bytes, header: header.span.bytes)
    }

    @Test("Chunks are AES-256-GCM under the derived key, with counter and last flag in the nonce")
    func composition() throws {
        let cipher = try cipher()
        var derived = [UInt8](repeating: 0, count: 64)
        var span = derived.mutableSpan
        var raw = span.mutableBytes
        let info = Array("ekmd v1 stream".utf8) + header
        try HKDF.derive(from: key.span.bytes, salt: salt.span.bytes, info: info.span.bytes, into: &raw)
        #expect(cipher.commitment == Array(derived[32...]))
        let sealed = try cipher.seal(Array("chunk".utf8), 0x0102_0304, last: true)
        let nonce: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 1]
        let opened = try AESGCM(key: Array(derived[..<32])).open(nonce: nonce, associatedData: [], sealed: sealed)
        #expect(opened == Array("chunk".utf8))
    }

    @Test("Chunks open in their place, and nowhere else")
    func places() throws {
        let sealer = try cipher()
        let chunks = try (0..<3).map { try sealer.seal([UInt8](repeating: $0, count: 100), UInt32($0), last: $0 == 2) }
        let opener = try cipher()
        #expect(opener.matches(sealer.commitment))
        for at in 0..<3 {
            let opened = try opener.open(chunks[at], UInt32(at), last: at == 2)
            #expect(opened == [UInt8](repeating: UInt8(at), count: 100))
            #expect(throws: CryptographyError.cannotOpen) { try opener.open(chunks[at], UInt32(at), last: at != 2) }
            #expect(throws: CryptographyError.cannotOpen) { try opener.open(chunks[at], UInt32(at + 1), last: at == 2) }
            #expect(throws: CryptographyError.cannotOpen) { try opener.open(chunks[at].flipping(bit: 5), UInt32(at), last: at == 2) }
            #expect(throws: CryptographyError.cannotOpen) { try opener.open(Array(chunks[at].dropLast()), UInt32(at), last: at == 2) }
        }
        let empty = try sealer.seal([], 3, last: true)
        let opened = try opener.open(empty, 3, last: true)
        #expect(opened == [])
    }

    @Test("Another key, salt or header commits to something else")
    func commitments() throws {
        let own = try cipher().commitment
        for other in try [cipher(key: key.flipping(bit: 1)), cipher(salt: salt.flipping(bit: 1)), cipher(header: header + [0])] {
            #expect(!other.matches(own))
        }
        #expect(throws: CryptographyError.wrongSize) { try cipher(salt: []) }
        #expect(throws: CryptographyError.wrongSize) { try cipher(key: [1]) }
    }

    @Test("A counter is sealed under once")
    func counters() throws {
        let cipher = try cipher()
        _ = try cipher.seal([1], 4, last: false)
        #expect(throws: CryptographyError.counterUsed) { try cipher.seal([2], 4, last: false) }
        #expect(throws: CryptographyError.counterUsed) { try cipher.seal([2], 3, last: true) }
        _ = try cipher.seal([3], .max, last: true)
    }
}

extension StreamCipher {
    func matches(_ commitment: [UInt8]) -> Bool { matches(commitment.span.bytes) }

    func seal(_ chunk: [UInt8], _ counter: UInt32, last: Bool) throws -> [UInt8] {
        try [UInt8](capacity: chunk.count + Self.tagSize) { try seal(chunk: chunk.span.bytes, counter: counter, last: last, into: &$0) }
    }

    func open(_ chunk: [UInt8], _ counter: UInt32, last: Bool) throws -> [UInt8] {
        try [UInt8](capacity: chunk.count) { try open(chunk: chunk.span.bytes, counter: counter, last: last, into: &$0) }
    }
}
