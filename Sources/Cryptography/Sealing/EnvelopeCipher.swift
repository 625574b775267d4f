/// Suite 1 of the ciphertext format under one key: XAES-256-GCM, and a commitment to the key.
///
/// It appends, and opens, nonce (24 bytes) ‖ commitment (32) ‖ ciphertext ‖ tag (16). The encryption runs under the key's
/// ``KeyUse/encrypt`` key with header ‖ context as associated data; the commitment is HMAC-SHA-256 under its ``KeyUse/commit`` key over
/// nonce ‖ header ‖ context (UtC of Bellare and Hoang, 2022). The header must tell its own length, as nothing else separates it.
///
/// Not Sendable: one event loop owns it. It keeps OpenSSL's contexts, which are freed, and so wiped, when it ends.
package final class EnvelopeCipher {
    package static let nonceSize = XAES256GCM.nonceSize
    package static let commitmentSize = KeyedCommitment.codeSize
    package static let tagSize = XAES256GCM.tagSize
    /// How many bytes are appended besides the ciphertext.
    package static let overhead = nonceSize + commitmentSize + tagSize

    private let cipher: XAES256GCM
    private let commitments: KeyedCommitment

    /// - Throws: ``CryptographyError/Code/wrongSize`` unless the key has 32 bytes; ``CryptographyError/Code/arenaFull``,
    ///   ``CryptographyError/Code/openSSL``.
    package init(key: borrowing SecretBytes) throws(CryptographyError) {
        guard key.byteCount == XAES256GCM.keySize else { throw .wrongSize("The key", key.byteCount, wanted: "\(XAES256GCM.keySize)") }
        let encrypt = try KeyUse.encrypt.key(from: key)
        let commit = try KeyUse.commit.key(from: key)
        cipher = try encrypt.withBytes { (key) throws(CryptographyError) in try XAES256GCM(key: key) }
        commitments = try commit.withBytes { (key) throws(CryptographyError) in try KeyedCommitment(key: key) }
    }

    /// Appends the sealed plaintext. The nonce must be random, and used once.
    /// - Throws: ``CryptographyError/Code/wrongSize`` when the nonce has not 24 bytes, or the output no room for the plaintext and
    ///   ``overhead``; ``CryptographyError/Code/openSSL``.
    package func seal(
        _ plaintext: RawSpan, header: RawSpan, context: RawSpan, nonce: RawSpan, into output: inout OutputRawSpan
    ) throws(CryptographyError) {
        guard nonce.byteCount == Self.nonceSize else { throw .wrongSize("The nonce", nonce.byteCount, wanted: "\(Self.nonceSize)") }
        guard output.freeCapacity >= plaintext.byteCount + Self.overhead else {
            throw .wrongSize("The room for the output", output.freeCapacity, wanted: "at least \(plaintext.byteCount + Self.overhead)")
        }
        output.append(copying: nonce)
        try unsafe output.withUnsafeMutableBytes { (buffer, filled) throws(CryptographyError) in
            guard let start = unsafe buffer.baseAddress?.advanced(by: filled) else { return }
            try unsafe commit(nonce, header, context, into: start)
            filled += Self.commitmentSize
        }
        try cipher.seal(nonce: nonce, associatedData: header, context, plaintext: plaintext, into: &output)
    }

    /// Appends the plaintext of `sealed`. Nothing is decrypted unless the commitment fits; if it does not open, nothing of it stays
    /// in the output.
    /// - Throws: ``CryptographyError/Code/cannotOpen``; ``CryptographyError/Code/wrongSize`` when the output has no room;
    ///   ``CryptographyError/Code/openSSL``.
    package func open(
        _ sealed: RawSpan, header: RawSpan, context: RawSpan, into output: inout OutputRawSpan
    ) throws(CryptographyError) {
        guard sealed.byteCount >= Self.overhead else { throw .cannotOpen }
        let nonce = sealed.extracting(first: Self.nonceSize)
        let commitment = sealed.extracting(Self.nonceSize..<Self.nonceSize + Self.commitmentSize)
        var wanted = (0 as UInt64, 0 as UInt64, 0 as UInt64, 0 as UInt64)
        let fits = try unsafe withUnsafeMutableBytes(of: &wanted) { (wanted) throws(CryptographyError) in
            guard let start = wanted.baseAddress else { return false }
            try unsafe commit(nonce, header, context, into: start)
            return ConstantTime.equal(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(wanted)), commitment)
        }
        guard fits else { throw .cannotOpen }
        try cipher.open(
            nonce: nonce, associatedData: header, context, sealed: sealed.extracting(droppingFirst: Self.nonceSize + Self.commitmentSize),
            into: &output)
    }

    @unsafe @inline(__always) private func commit(
        _ nonce: RawSpan, _ header: RawSpan, _ context: RawSpan, into start: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        try unsafe commitments.code(nonce, header, context, into: start)
    }
}
