import Cryptography
import Testing

@Suite("Ed25519") struct SigningTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let name: String, seed: HexBytes, publicKey: HexBytes, message: HexBytes, signature: HexBytes
        var testDescription: String { name }
    }

    static let vectors = Vectors.load("ed25519", as: [Vector].self)

    @Test("RFC 8032's vectors fit", arguments: vectors)
    func published(vector: Vector) throws {
        let key = try SigningKey(seed: SecretBytes(vector.seed.bytes))
        #expect(key.publicKey.bytes == vector.publicKey.bytes)
        #expect(try key.sign(vector.message.bytes) == vector.signature.bytes)
        #expect(try VerifyingKey(vector.publicKey.bytes).isValid(vector.signature.bytes, over: vector.message.bytes))
    }

    @Test("A changed signature, message or key is refused", arguments: vectors)
    func changed(vector: Vector) throws {
        let (message, signature) = (vector.message.bytes, vector.signature.bytes)
        let key = try VerifyingKey(vector.publicKey.bytes)
        for bit in stride(from: 0, to: 512, by: 37) {
            #expect(!key.isValid(signature.flipping(bit: bit), over: message))
        }
        #expect(!key.isValid(signature, over: message + [0]))
        #expect(!key.isValid(Array(signature.dropLast()), over: message))
        #expect(!key.isValid(signature + [0], over: message))
        #expect(!key.isValid([], over: message))
        for bit in stride(from: 0, to: 256, by: 51) {
            #expect(try !VerifyingKey(vector.publicKey.bytes.flipping(bit: bit)).isValid(signature, over: message))
        }
    }

    @Test("A signature whose scalar is not reduced is refused: each message has one signature (RFC 8032, section 5.1.7)")
    func malleable() throws {
        let vector = Self.vectors[1]
        // The order of the base point, added to the scalar in little-endian.
        let order: HexBytes = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
        var signature = vector.signature.bytes
        var carry = 0
        for index in 0..<32 {
            let sum = Int(signature[32 + index]) + Int(order.bytes[index]) + carry
            signature[32 + index] = UInt8(sum & 255)
            carry = sum >> 8
        }
        #expect(try !VerifyingKey(vector.publicKey.bytes).isValid(signature, over: vector.message.bytes))
    }

    @Test("Keys of another size are refused", arguments: [0, 31, 33, 64])
    func sizes(count: Int) throws {
        #expect(throws: CryptographyError.wrongSize) { try VerifyingKey([UInt8](repeating: 1, count: count)) }
        #expect(throws: CryptographyError.wrongSize) {
            _ = try SigningKey(seed: SecretBytes([UInt8](repeating: 1, count: count))).publicKey
        }
    }
}

extension SigningKey {
    fileprivate func sign(_ message: [UInt8]) throws -> [UInt8] { try sign(message.span.bytes) }
}

extension VerifyingKey {
    fileprivate func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        isValid(signature.span.bytes, over: message.span.bytes)
    }
}
