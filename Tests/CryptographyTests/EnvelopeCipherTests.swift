import Cryptography
import Testing

@Suite("Envelope, suite 1") struct EnvelopeCipherTests {
    let header = Array("header".utf8)
    let context = Array("context".utf8)

    @Test("What is sealed opens, and is 72 bytes longer", arguments: [0, 1, 15, 16, 17, 65_535, 65_536, 65_537, 1 << 20])
    func roundTrip(size: Int) throws {
        let cipher = try EnvelopeCipher(key: .random(byteCount: 32))
        let plaintext = try Random.bytes(size)
        let nonce = try Random.bytes(24)
        let sealed = try cipher.seal(plaintext, header: header, context: context, nonce: nonce)
        #expect(sealed.count == size + 72)
        #expect(Array(sealed.prefix(24)) == nonce)
        let opened = try cipher.open(sealed, header: header, context: context)
        #expect(opened == plaintext)
    }

    @Test("It is built from its parts as the format says")
    func composition() throws {
        let key = try SecretBytes.random(byteCount: 32)
        let nonce = try Random.bytes(24)
        let plaintext = Array("plaintext".utf8)
        let sealed = try EnvelopeCipher(key: key).seal(plaintext, header: header, context: context, nonce: nonce)
        let commit = try KeyUse.commit.key(from: key).revealed()
        let encrypt = try KeyUse.encrypt.key(from: key).revealed()
        let commitment = try HMACSHA256.code(key: commit, over: nonce + header + context)
        let body = try XAES256GCM(key: encrypt).seal(nonce: nonce, associatedData: header + context, plaintext: plaintext)
        #expect(sealed == nonce + commitment + body)
    }

    @Test("One cipher seals and opens in any order, as if it were new each time")
    func order() throws {
        let key = try SecretBytes.random(byteCount: 32)
        let cipher = try EnvelopeCipher(key: key)
        let nonces = try (0..<4).map { _ in try Random.bytes(24) }
        let sealed = try nonces.map { try cipher.seal(Array("text".utf8), header: header, context: context, nonce: $0) }
        for at in [3, 0, 2, 1] {
            let opened = try cipher.open(sealed[at], header: header, context: context)
            #expect(opened == Array("text".utf8))
            #expect(throws: CryptographyError.cannotOpen) { try cipher.open(sealed[at], header: header, context: []) }
            let again = try EnvelopeCipher(key: key).seal(Array("text".utf8), header: header, context: context, nonce: nonces[at])
            let kept = try cipher.seal(Array("text".utf8), header: header, context: context, nonce: nonces[at])
            #expect(again == kept)
        }
    }

    @Test("Any changed bit, any missing byte, another header, context or key is refused")
    func refused() throws {
        let cipher = try EnvelopeCipher(key: .random(byteCount: 32))
        let sealed = try cipher.seal(Array("text".utf8), header: header, context: context, nonce: Random.bytes(24))
        for bit in 0..<sealed.count * 8 {
            #expect(throws: CryptographyError.cannotOpen) { try cipher.open(sealed.flipping(bit: bit), header: header, context: context) }
        }
        for size in 0..<sealed.count {
            #expect(throws: CryptographyError.cannotOpen) { try cipher.open(Array(sealed.prefix(size)), header: header, context: context) }
        }
        #expect(throws: CryptographyError.cannotOpen) { try cipher.open(sealed + [0], header: header, context: context) }
        #expect(throws: CryptographyError.cannotOpen) { try cipher.open(sealed, header: header + [0], context: context) }
        #expect(throws: CryptographyError.cannotOpen) { try cipher.open(sealed, header: header, context: context + [0]) }
        let other = try EnvelopeCipher(key: .random(byteCount: 32))
        #expect(throws: CryptographyError.cannotOpen) { try other.open(sealed, header: header, context: context) }
    }

    @Test("Where the tag is wrong but the commitment fits, nothing decrypted stays in the output")
    func nothingLeft() throws {
        let cipher = try EnvelopeCipher(key: .random(byteCount: 32))
        var sealed = try cipher.seal([UInt8](repeating: 0x55, count: 64), header: header, context: context, nonce: Random.bytes(24))
        sealed[sealed.count - 1] ^= 1
        var room = [UInt8](repeating: 0xaa, count: 64)
        room.withUnsafeMutableBytes { buffer in
            var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
            #expect(throws: CryptographyError.cannotOpen) {
                try cipher.open(sealed.span.bytes, header: header.span.bytes, context: context.span.bytes, into: &output)
            }
            #expect(output.finalize(for: buffer) == 0)
        }
        #expect(room == [UInt8](repeating: 0, count: 64))
    }

    @Test("An output without room is refused before anything is written")
    func noRoom() throws {
        let cipher = try EnvelopeCipher(key: .random(byteCount: 32))
        let nonce = try Random.bytes(24)
        #expect(throws: CryptographyError.wrongSize) {
            try [UInt8](capacity: 71) {
                try cipher.seal(RawSpan(), header: header.span.bytes, context: context.span.bytes, nonce: nonce.span.bytes, into: &$0)
            }
        }
        let sealed = try cipher.seal([1, 2], header: header, context: context, nonce: nonce)
        #expect(throws: CryptographyError.wrongSize) {
            try [UInt8](capacity: 1) {
                try cipher.open(sealed.span.bytes, header: header.span.bytes, context: context.span.bytes, into: &$0)
            }
        }
        #expect(throws: CryptographyError.wrongSize) { try EnvelopeCipher(key: .random(byteCount: 31)) }
        #expect(throws: CryptographyError.wrongSize) { try cipher.seal([], header: [], context: [], nonce: [1]) }
    }
}
