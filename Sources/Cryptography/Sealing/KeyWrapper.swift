/// Wraps keys under one key, each bound to its place, with XAES-256-GCM under the key's ``KeyUse/wrap`` key.
///
/// A wrapped key is nonce (24 bytes) ‖ ciphertext ‖ tag (16 bytes); the place is its associated data.
/// Not Sendable: one thread at a time. It holds key schedules, which are wiped when it ends.
package final class KeyWrapper {
    /// How many bytes a wrapped key has more than the key.
    package static let overhead = XAES256GCM.nonceSize + XAES256GCM.tagSize

    private let cipher: XAES256GCM

    /// - Throws: ``CryptographyError/Code/wrongSize`` unless the key has 32 bytes; ``CryptographyError/Code/arenaFull``,
    ///   ``CryptographyError/Code/openSSL``.
    package init(wrapping key: borrowing SecretBytes) throws(CryptographyError) {
        guard key.byteCount == XAES256GCM.keySize else { throw .wrongSize("The key", key.byteCount, wanted: "\(XAES256GCM.keySize)") }
        let wrap = try KeyUse.wrap.key(from: key)
        cipher = try wrap.withBytes { (key) throws(CryptographyError) in try XAES256GCM(key: key) }
    }

    /// Wraps `secret`, under a fresh random nonce, for `place`: whatever says where it belongs, in an unambiguous encoding.
    /// - Throws: ``CryptographyError/Code/randomUnavailable``, ``CryptographyError/Code/openSSL``.
    package func wrap(_ secret: borrowing SecretBytes, place: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let nonce = try Random.bytes(XAES256GCM.nonceSize)
        var failure: CryptographyError?
        let wrapped = secret.withBytes { secret in
            [UInt8](unsafeBytes: secret.byteCount + Self.overhead) { output in
                unsafe output.append(copying: nonce.span.bytes)
                do throws(CryptographyError) {
                    try unsafe cipher.seal(nonce: nonce.span.bytes, associatedData: place.span.bytes, plaintext: secret, into: &output)
                } catch { failure = error }
            }
        }
        if let failure { throw failure }
        return wrapped
    }

    /// Opens a wrapped key.
    /// - Throws: ``CryptographyError/Code/cannotOpen`` if it was wrapped under another key or for another place, or was changed;
    ///   ``CryptographyError/Code/arenaFull``.
    package func unwrap(_ wrapped: RawSpan, place: [UInt8]) throws(CryptographyError) -> SecretBytes {
        let size = wrapped.byteCount - Self.overhead
        guard size >= 0, size <= SecretArena.slotSize else { throw .cannotOpen }
        return try SecretBytes(byteCount: size) { (output) throws(CryptographyError) in
            try unsafe cipher.open(
                nonce: wrapped.extracting(first: XAES256GCM.nonceSize), associatedData: place.span.bytes,
                sealed: wrapped.extracting(droppingFirst: XAES256GCM.nonceSize), into: &output)
        }
    }
}
