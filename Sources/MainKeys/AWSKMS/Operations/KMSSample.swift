internal import Cryptography

/// Something random that a key encrypted, to see how it decrypts.
struct KMSSample: ~Copyable {
    let plaintext: SecretBytes
    let ciphertext: [UInt8]

    func isPlaintext(_ decrypted: borrowing SecretBytes) -> Bool { decrypted.withBytes { plaintext.isEqual(to: $0) } }
}
