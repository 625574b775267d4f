import Cryptography
import Testing

@Suite("AES-GCM") struct AESGCMTests {
    struct Case: Decodable, Sendable {
        let tcId: Int, key: HexBytes, iv: HexBytes, aad: HexBytes, msg: HexBytes, ct: HexBytes, tag: HexBytes, result: String
    }

    @Test("The published vectors seal and open", arguments: Vectors.load("aes_256_gcm", as: [SealVector].self))
    func published(vector: SealVector) throws {
        let cipher = try AESGCM(key: vector.key.bytes)
        let sealed = try cipher.seal(
            nonce: vector.nonce.bytes, associatedData: vector.associatedData.bytes, plaintext: vector.plaintext.bytes)
        #expect(sealed == vector.sealed.bytes)
        let opened = try cipher.open(nonce: vector.nonce.bytes, associatedData: vector.associatedData.bytes, sealed: sealed)
        #expect(opened == vector.plaintext.bytes)
    }

    @Test("Wycheproof: every valid case with a 96-bit nonce opens, everything else is refused")
    func wycheproof() throws {
        let file = Vectors.load("wycheproof_aes_gcm", as: Wycheproof<Case>.self)
        var opened = 0
        var invalid = 0
        var otherNonce = 0
        for test in file.tests {
            let cipher = try AESGCM(key: test.key.bytes)
            let sealed = test.ct.bytes + test.tag.bytes
            if test.result == "valid" && test.iv.bytes.count == AESGCM.nonceSize {
                let plaintext = try cipher.open(nonce: test.iv.bytes, associatedData: test.aad.bytes, sealed: sealed)
                #expect(plaintext == test.msg.bytes, "case \(test.tcId)")
                let again = try cipher.seal(nonce: test.iv.bytes, associatedData: test.aad.bytes, plaintext: test.msg.bytes)
                #expect(again == sealed, "case \(test.tcId)")
                opened += 1
            } else {
                #expect(throws: CryptographyError.self, "case \(test.tcId)") {
                    try cipher.open(nonce: test.iv.bytes, associatedData: test.aad.bytes, sealed: sealed)
                }
                if test.result == "invalid" { invalid += 1 } else { otherNonce += 1 }
            }
        }
        #expect(opened + invalid + otherNonce == file.numberOfTests)
        print(
            "Wycheproof AES-GCM: \(file.numberOfTests) ran: \(opened) valid, \(invalid) invalid refused, \(otherNonce) with a nonce we do not take"
        )
    }
}
