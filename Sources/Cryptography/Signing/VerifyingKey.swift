/// A public key that verifies Ed25519 signatures (RFC 8032, section 5.1.7).
package struct VerifyingKey: Hashable, Sendable {
    /// The size of a public key in bytes.
    package static let byteCount = 32

    /// The public key as RFC 8032 encodes it.
    package let bytes: [UInt8]

    /// - Throws: ``CryptographyError/Code/wrongSize`` unless there are 32 bytes.
    package init(_ bytes: [UInt8]) throws(CryptographyError) {
        guard bytes.count == Self.byteCount else { throw .wrongSize("The public key", bytes.count, wanted: "\(Self.byteCount)") }
        self.bytes = bytes
    }

    /// Whether `signature` is the message's under this key. A signature of another size than 64 bytes is not.
    package func isValid(_ signature: RawSpan, over message: RawSpan) -> Bool {
        guard signature.byteCount == SigningKey.signatureSize else { return false }
        // A key that is no point of the curve has signed nothing.
        guard let key = try? unsafe Ed25519Key(publicKey: bytes.span.bytes) else { return false }
        return (try? key.verifies(signature, over: message)) ?? false
    }
}
