/// A private key that signs with Ed25519 (RFC 8032, section 5.1; no prehash, no context).
///
/// Only the seed is kept, in locked memory; what OpenSSL makes of it lives as long as one signature takes.
package struct SigningKey: ~Copyable, Sendable {
    /// The size of the seed in bytes: RFC 8032's private key.
    package static let seedSize = 32
    package static let signatureSize = 64

    private let seed: SecretBytes
    package let publicKey: VerifyingKey

    /// - Throws: ``CryptographyError/Code/wrongSize`` unless the seed has 32 bytes; ``CryptographyError/Code/openSSL``.
    package init(seed: consuming SecretBytes) throws(CryptographyError) {
        let bytes = try seed.withBytes { (seed) throws(CryptographyError) in try Ed25519Key(seed: seed).publicKey() }
        publicKey = try VerifyingKey(bytes)
        self.seed = seed
    }

    /// The signature of the message, 64 bytes. The same message has the same signature always.
    /// - Throws: ``CryptographyError/Code/openSSL``.
    package borrowing func sign(_ message: RawSpan) throws(CryptographyError) -> [UInt8] {
        try seed.withBytes { (seed) throws(CryptographyError) in try Ed25519Key(seed: seed).sign(message) }
    }
}
