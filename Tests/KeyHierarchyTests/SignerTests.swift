import Cryptography
import KeyHierarchy
import TestSupport
import Testing

@Suite("The daemon's signature")
struct SignerTests {
    @Test("a root key signs the same after every start, and no other root key's public key verifies it")
    func signs() throws {
        let bytes = [UInt8](0..<32)
        let root = try RootKey(SecretBytes(copying: bytes.span.bytes))
        let again = try RootKey(SecretBytes(copying: bytes.span.bytes))
        let other = try RootKey.random()
        let document = Array("document".utf8)
        let signature = try root.signer.sign(document.span.bytes)
        #expect(again.publicKey == root.publicKey)
        #expect(root.publicKey.verifies(signature, document))
        #expect(!other.publicKey.verifies(signature, document))
    }

    @Test("the signing key is derived: it is not the root key itself")
    func derived() throws {
        let bytes = [UInt8](0..<32)
        let root = try RootKey(SecretBytes(copying: bytes.span.bytes))
        let naive = try SigningKey(seed: SecretBytes(copying: bytes.span.bytes)).publicKey
        #expect(root.publicKey != naive)
    }
}
