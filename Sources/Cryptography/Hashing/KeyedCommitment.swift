import COpenSSL

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1) under a kept key of 32 bytes, for one short message after another.
///
/// What it keeps is not the key but the two states of SHA-256 behind its padded forms: one slot of locked memory, half of the work, and
/// nothing to allocate. Where OpenSSL's HMAC comes from another provider than its own, that one does all of the work.
@safe final class KeyedCommitment {
    /// The size of a code in bytes.
    static let codeSize = 32
    /// Of the key, in bytes: no more than a block of SHA-256, so that it is not hashed first.
    private static let keySize = 32

    /// The inner state, then the outer one; zeros where the provider keeps the key.
    private let states: SecretBytes
    private let provider: MACContext?

    /// - Parameter ownStates: whether the states are kept here; only tests say otherwise than OpenSSL's configuration.
    init(key: RawSpan, ownStates: Bool = Algorithm.hmacIsOwn) throws(CryptographyError) {
        guard key.byteCount == Self.keySize else { throw .wrongSize("The key", key.byteCount, wanted: "\(Self.keySize)") }
        states = try SecretBytes(byteCount: 64) { (output) throws(CryptographyError) in
            unsafe output.append(repeating: 0, count: 64, as: UInt8.self)
        }
        provider = ownStates ? nil : try MACContext(hmacSHA256: key)
        guard ownStates else { return }
        unsafe key.withUnsafeBytes { key in
            guard let key = key.baseAddress else { return }
            unsafe ekm_hmac_states(key.assumingMemoryBound(to: UInt8.self), states.address.assumingMemoryBound(to: UInt8.self))
        }
    }

    /// Writes the code over three parts, which are one message: nothing separates them.
    @unsafe @inline(__always)
    func code(_ a: RawSpan, _ b: RawSpan, _ c: RawSpan, into output: UnsafeMutableRawPointer) throws(CryptographyError) {
        if let provider { return try unsafe code(a, b, c, by: provider, into: output) }
        unsafe a.withUnsafeBytes { a in
            unsafe b.withUnsafeBytes { b in
                unsafe c.withUnsafeBytes { c in
                    unsafe ekm_hmac(
                        states.address.assumingMemoryBound(to: UInt8.self), a.baseAddress, a.count, b.baseAddress, b.count, c.baseAddress,
                        c.count, output.assumingMemoryBound(to: UInt8.self))
                }
            }
        }
    }

    @unsafe @inline(never)
    private func code(
        _ a: RawSpan, _ b: RawSpan, _ c: RawSpan, by provider: MACContext, into output: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        try provider.begin()
        try provider.add(a)
        try provider.add(b)
        try provider.add(c)
        try unsafe provider.end(into: output, size: Self.codeSize)
    }
}
