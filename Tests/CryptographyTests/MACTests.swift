import Cryptography
import Testing

@Suite("MACs and hashes") struct MACTests {
    struct Case: Decodable, Sendable { let tcId: Int, key: HexBytes, msg: HexBytes, tag: HexBytes, result: String }

    @Test("The published CMAC vectors fit", arguments: Vectors.load("aes_cmac", as: [CodeVector].self))
    func cmac(vector: CodeVector) throws {
        #expect(try CMAC.code(key: vector.key.bytes, over: vector.message.bytes) == vector.code.bytes)
    }

    @Test(
        "The published HMAC vectors fit, also in parts", arguments: Vectors.load("hmac_sha256", as: [CodeVector].self))
    func hmac(vector: CodeVector) throws {
        let key = vector.key.bytes
        let message = vector.message.bytes
        #expect(try HMACSHA256.code(key: key, over: message) == vector.code.bytes)
        let (first, second) = (Array(message.prefix(3)), Array(message.dropFirst(3)))
        #expect(try HMACSHA256.code(key: key, over: first, second) == vector.code.bytes)
    }

    @Test("SHA-256 gives FIPS 180-4's digests")
    func sha256() {
        #expect(
            HexBytes(SHA256.hash(Array("abc".utf8))).description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(HexBytes(SHA256.hash([])).description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test("Wycheproof: every valid CMAC fits, every invalid one and every other key size is refused")
    func wycheproof() throws {
        let file = Vectors.load("wycheproof_aes_cmac", as: Wycheproof<Case>.self)
        var valid = 0
        var invalid = 0
        var otherKey = 0
        for test in file.tests {
            let key = test.key.bytes
            guard key.count == 16 || key.count == 32 else {
                #expect(throws: CryptographyError.wrongSize, "case \(test.tcId)") {
                    try CMAC.code(key: key, over: test.msg.bytes)
                }
                if test.result == "invalid" { invalid += 1 } else { otherKey += 1 }
                continue
            }
            let code = try CMAC.code(key: key, over: test.msg.bytes)
            let tag = test.tag.bytes
            let fits = ConstantTime.equal(code.span.bytes, tag.span.bytes)
            #expect(fits == (test.result == "valid"), "case \(test.tcId)")
            if fits { valid += 1 } else { invalid += 1 }
        }
        #expect(valid + invalid + otherKey == file.numberOfTests)
        print(
            "Wycheproof AES-CMAC: \(file.numberOfTests) ran: \(valid) valid, \(invalid) invalid refused, \(otherKey) with a key size we do not take"
        )
    }
}
