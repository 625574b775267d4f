import COpenSSL
import Cryptography
import Testing

/// GCM does not commit to its key: whoever knows two keys can make one ciphertext, with one tag, that opens under both (Dodis, Grubbs,
/// Ristenpart and Woodage, 2018; Len, Grubbs and Ristenpart, 2021). The envelope's commitment is there to refuse it.
@Suite("Multi-key attack on GCM") struct KeyCommitmentTests {
    let associatedData = Array("header and context".utf8)

    @Test("Raw GCM opens a forged ciphertext under both keys")
    func rawGCM() throws {
        let keys = try (0..<2).map { _ in try Random.bytes(32) }
        let nonce = try Random.bytes(12)
        let forged = try forge(keys, nonce: nonce)
        let first = try AESGCM(key: keys[0]).open(nonce: nonce, associatedData: associatedData, sealed: forged)
        let second = try AESGCM(key: keys[1]).open(nonce: nonce, associatedData: associatedData, sealed: forged)
        #expect(first != second)
        let third = try AESGCM(key: Random.bytes(32))
        #expect(throws: CryptographyError.cannotOpen) { try third.open(nonce: nonce, associatedData: associatedData, sealed: forged) }
    }

    @Test("XAES-256-GCM alone opens it under both keys; the envelope refuses it under the one that it does not commit to")
    func envelope() throws {
        let keys = try (0..<2).map { _ in try Random.bytes(32) }
        let nonce = try Random.bytes(24)
        let ciphers = try keys.map { try EnvelopeCipher(key: SecretBytes($0)) }
        let encrypt = try keys.map { try KeyUse.encrypt.key(from: SecretBytes($0)).revealed() }
        let body = try forge(encrypt.map { try messageKey($0, nonce) }, nonce: Array(nonce.suffix(12)))

        // Without the commitment, the attack works.
        let opened = try encrypt.map { try XAES256GCM(key: $0).open(nonce: nonce, associatedData: associatedData, sealed: body) }
        #expect(opened[0] != opened[1])

        for committed in 0..<2 {
            let commit = try KeyUse.commit.key(from: SecretBytes(keys[committed])).revealed()
            let commitment = try HMACSHA256.code(key: commit, over: nonce + associatedData)
            let sealed = nonce + commitment + body
            #expect(try ciphers[committed].open(sealed, header: associatedData, context: []) == opened[committed])
            #expect(throws: CryptographyError.cannotOpen) {
                try ciphers[1 - committed].open(sealed, header: associatedData, context: [])
            }
        }
    }

    /// A ciphertext of three blocks that opens under both keys. GHASH is linear in each block, so that the middle one can be solved for:
    /// X (H₁^e + H₂^e) = both keys' masks and the rest of both hashes.
    private func forge(_ keys: [[UInt8]], nonce: [UInt8]) throws -> [UInt8] {
        var blocks = try [Random.bytes(16), [UInt8](repeating: 0, count: 16), Random.bytes(16)]
        let hashKeys = try keys.map { GF128(try aes($0, [UInt8](repeating: 0, count: 16))) }
        let masks = try keys.map { GF128(try aes($0, nonce + [0, 0, 0, 1])) }
        let rests = zip(hashKeys, masks).map { ghash($0, blocks) + $1 }
        // Behind the middle block come the last one and the lengths: its exponent is 3.
        let free = (rests[0] + rests[1]) * (hashKeys[0].power(3) + hashKeys[1].power(3)).inverse
        blocks[1] = free.bytes
        let tags = zip(hashKeys, masks).map { ghash($0, blocks) + $1 }
        #expect(tags[0] == tags[1])
        return blocks.flatMap { $0 } + tags[0].bytes
    }

    private func ghash(_ key: GF128, _ ciphertext: [[UInt8]]) -> GF128 {
        let data = stride(from: 0, to: associatedData.count, by: 16).map { associatedData[$0..<min($0 + 16, associatedData.count)] }
        let lengths = GF128(high: UInt64(associatedData.count * 8), low: UInt64(ciphertext.count * 128))
        return (data.map { GF128($0) } + ciphertext.map { GF128($0) } + [lengths]).reduce(GF128(high: 0, low: 0)) { ($0 + $1) * key }
    }

    /// XAES-256-GCM's derivation, by CMAC itself.
    private func messageKey(_ key: [UInt8], _ nonce: [UInt8]) throws -> [UInt8] {
        try [1, 2].flatMap { try CMAC.code(key: key, over: [0, $0, UInt8(ascii: "X"), 0] + nonce.prefix(12)) }
    }

    private func aes(_ key: [UInt8], _ block: [UInt8]) throws -> [UInt8] {
        let context = try #require(EVP_CIPHER_CTX_new())
        defer { EVP_CIPHER_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: 32)
        var written: CInt = 0
        #expect(EVP_EncryptInit_ex(context, EVP_aes_256_ecb(), nil, key, nil) == 1)
        #expect(EVP_EncryptUpdate(context, &output, &written, block, 16) == 1)
        return Array(output.prefix(16))
    }
}
