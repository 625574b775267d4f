import Cryptography
import Testing

@Suite("HKDF-SHA-256") struct HKDFTests {
    struct Case: Decodable, Sendable {
        let tcId: Int, ikm: HexBytes, salt: HexBytes, info: HexBytes, size: Int, okm: HexBytes, result: String
    }

    @Test("RFC 5869's vectors fit", arguments: Vectors.load("hkdf_sha256", as: [DerivationVector].self))
    func published(vector: DerivationVector) throws {
        let derived = try derive(vector.key, vector.salt, vector.info, vector.derived.bytes.count)
        #expect(derived == vector.derived.bytes)
        guard derived.count <= SecretArena.slotSize else { return }
        let (key, salt, info) = (vector.key.bytes, vector.salt.bytes, vector.info.bytes)
        let secret = try HKDF.derive(
            from: key.span.bytes, salt: salt.isEmpty ? nil : salt.span.bytes, info: info.span.bytes, byteCount: derived.count)
        #expect(secret.revealed() == derived)
    }

    @Test("Wycheproof: every valid case fits, every invalid one is refused")
    func wycheproof() throws {
        let file = Vectors.load("wycheproof_hkdf_sha256", as: Wycheproof<Case>.self)
        var valid = 0
        var invalid = 0
        for test in file.tests {
            if test.result == "valid" {
                #expect(try derive(test.ikm, test.salt, test.info, test.size) == test.okm.bytes, "case \(test.tcId)")
                valid += 1
            } else {
                #expect(throws: CryptographyError.wrongSize, "case \(test.tcId)") { try derive(test.ikm, test.salt, test.info, test.size) }
                invalid += 1
            }
        }
        #expect(valid + invalid == file.numberOfTests)
        print("Wycheproof HKDF-SHA-256: \(file.numberOfTests) ran: \(valid) valid, \(invalid) invalid refused")
    }

    @Test("Each use of a key has a key of its own, the one the format names")
    func uses() throws {
        let key = try SecretBytes.random(byteCount: 32)
        var seen: Set<[UInt8]> = [key.revealed()]
        for (use, info) in [(KeyUse.wrap, "ekmd v1 wrap"), (.encrypt, "ekmd v1 encrypt"), (.commit, "ekmd v1 commit")] {
            let derived = try use.key(from: key).revealed()
            let wanted = try derive(HexBytes(key.revealed()), "", HexBytes(Array(info.utf8)), 32)
            #expect(derived == wanted)
            #expect(seen.insert(derived).inserted)
        }
    }

    private func derive(_ key: HexBytes, _ salt: HexBytes, _ info: HexBytes, _ size: Int) throws -> [UInt8] {
        var derived = [UInt8](repeating: 0, count: size)
        var span = derived.mutableSpan
        var raw = span.mutableBytes
        let (key, salt, info) = (key.bytes, salt.bytes, info.bytes)
        try HKDF.derive(from: key.span.bytes, salt: salt.span.bytes, info: info.span.bytes, into: &raw)
        return derived
    }
}
