import COpenSSL
import Cryptography
import Testing

@Suite("XAES-256-GCM") struct XAES256GCMTests {
    @Test("The published vectors seal and open", arguments: Vectors.load("xaes_256_gcm", as: [SealVector].self))
    func published(vector: SealVector) throws {
        let cipher = try XAES256GCM(key: vector.key.bytes)
        let sealed = try cipher.seal(
            nonce: vector.nonce.bytes, associatedData: vector.associatedData.bytes, plaintext: vector.plaintext.bytes)
        #expect(sealed == vector.sealed.bytes)
        let opened = try cipher.open(nonce: vector.nonce.bytes, associatedData: vector.associatedData.bytes, sealed: sealed)
        #expect(opened == vector.plaintext.bytes)
    }

    @Test("10,000 random messages give the published digest")
    func accumulated() throws {
        // SHAKE128 of nothing is the source of all inputs; SHAKE128 over all ciphertexts is the result.
        let source = try shake128([], byteCount: 10_000 * (32 + 24 + 2 + 2 * 255))
        var at = 0
        func next(_ count: Int) -> [UInt8] {
            defer { at += count }
            return Array(source[at..<at + count])
        }
        var sealedAll: [UInt8] = []
        for _ in 0..<10_000 {
            let key = next(32)
            let nonce = next(24)
            let plaintext = next(Int(next(1)[0]))
            let associatedData = next(Int(next(1)[0]))
            let cipher = try XAES256GCM(key: key)
            let sealed = try cipher.seal(nonce: nonce, associatedData: associatedData, plaintext: plaintext)
            let opened = try cipher.open(nonce: nonce, associatedData: associatedData, sealed: sealed)
            #expect(opened == plaintext)
            sealedAll += sealed
        }
        let digest = try shake128(sealedAll, byteCount: 32)
        #expect(HexBytes(digest).description == "e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939")
    }

    @Test("A changed bit anywhere is refused, and leaves nothing in the output")
    func changed() throws {
        let cipher = try XAES256GCM(key: Random.bytes(32))
        let nonce = try Random.bytes(24)
        let associatedData = Array("place".utf8)
        let sealed = try cipher.seal(nonce: nonce, associatedData: associatedData, plaintext: Array("sixteen bytes..".utf8))
        for bit in 0..<sealed.count * 8 {
            var room = [UInt8](repeating: 0xaa, count: 64)
            let filled = room.withUnsafeMutableBytes { buffer in
                var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
                let changed = sealed.flipping(bit: bit)
                #expect(throws: CryptographyError.cannotOpen) {
                    try cipher.open(
                        nonce: nonce.span.bytes, associatedData: associatedData.span.bytes, sealed: changed.span.bytes, into: &output)
                }
                return output.finalize(for: buffer)
            }
            #expect(filled == 0)
            #expect(room.allSatisfy { $0 == 0 || $0 == 0xaa })
        }
        #expect(throws: CryptographyError.cannotOpen) {
            try cipher.open(nonce: nonce.flipping(bit: 3), associatedData: associatedData, sealed: sealed)
        }
        #expect(throws: CryptographyError.cannotOpen) {
            try cipher.open(nonce: nonce, associatedData: associatedData.flipping(bit: 3), sealed: sealed)
        }
        #expect(throws: CryptographyError.cannotOpen) {
            try cipher.open(nonce: nonce, associatedData: associatedData, sealed: Array(sealed.prefix(15)))
        }
    }

    @Test("Two parts of associated data are one")
    func parts() throws {
        let cipher = try XAES256GCM(key: Random.bytes(32))
        let nonce = try Random.bytes(24)
        let (first, second) = (Array("ab".utf8), Array("c".utf8))
        let sealed = try [UInt8](capacity: 16) {
            try cipher.seal(
                nonce: nonce.span.bytes, associatedData: first.span.bytes, second.span.bytes, plaintext: RawSpan(), into: &$0)
        }
        #expect(try cipher.open(nonce: nonce, associatedData: Array("abc".utf8), sealed: sealed) == [])
    }

    @Test("Keys, nonces and outputs of another size are refused", arguments: [0, 16, 31, 33])
    func sizes(size: Int) throws {
        let bytes = [UInt8](repeating: 1, count: size)
        #expect(throws: CryptographyError.wrongSize) { try XAES256GCM(key: bytes) }
        let cipher = try XAES256GCM(key: Random.bytes(32))
        #expect(throws: CryptographyError.wrongSize) { try cipher.seal(nonce: bytes, associatedData: [], plaintext: []) }
        let nonce = try Random.bytes(24)
        #expect(throws: CryptographyError.wrongSize) {
            try [UInt8](capacity: 15) {
                try cipher.seal(nonce: nonce.span.bytes, associatedData: RawSpan(), plaintext: RawSpan(), into: &$0)
            }
        }
    }

    private func shake128(_ input: [UInt8], byteCount: Int) throws -> [UInt8] {
        let context = try #require(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: byteCount)
        #expect(EVP_DigestInit_ex(context, EVP_shake128(), nil) == 1)
        #expect(EVP_DigestUpdate(context, input, input.count) == 1)
        #expect(EVP_DigestFinalXOF(context, &output, byteCount) == 1)
        return output
    }
}
