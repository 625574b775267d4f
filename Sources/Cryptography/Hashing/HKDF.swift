import COpenSSL

/// HKDF-SHA-256 (RFC 5869): extract, then expand.
package enum HKDF {
    /// The most that one derivation gives: 255 blocks (RFC 5869, section 2.3).
    package static let mostBytes = 255 * 32

    /// Derives a secret of up to 64 bytes. No salt, and an empty one, stand for 32 zero bytes (section 2.2).
    /// - Throws: ``CryptographyError/Code/wrongSize``, ``CryptographyError/Code/arenaFull``, ``CryptographyError/Code/openSSL``.
    package static func derive(
        from key: RawSpan, salt: RawSpan?, info: RawSpan, byteCount: Int
    ) throws(CryptographyError) -> SecretBytes {
        // Not `??`: a span does not pass through its closure.
        let chosen = if let salt { salt } else { RawSpan() }
        return try SecretBytes(byteCount: byteCount) { (output) throws(CryptographyError) in
            try unsafe output.withUnsafeMutableBytes { (buffer, filled) throws(CryptographyError) in
                try unsafe derive(from: key, salt: chosen, info: info, into: buffer)
                filled = buffer.count
            }
        }
    }

    /// Overwrites all of `output`, 1 to ``mostBytes`` bytes, with what is derived.
    /// - Throws: ``CryptographyError/Code/wrongSize``, ``CryptographyError/Code/openSSL``.
    package static func derive(
        from key: RawSpan, salt: RawSpan, info: RawSpan, into output: inout MutableRawSpan
    ) throws(CryptographyError) {
        try unsafe output.withUnsafeMutableBytes { (buffer) throws(CryptographyError) in
            try unsafe derive(from: key, salt: salt, info: info, into: buffer)
        }
    }

    private static func derive(
        from key: RawSpan, salt: RawSpan, info: RawSpan, into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        guard output.count > 0, output.count <= mostBytes else {
            throw .wrongSize("The derived key", output.count, wanted: "1 to \(mostBytes)")
        }
        guard let context = unsafe EVP_KDF_CTX_new(Algorithm.hkdf) else { throw .openSSL("make an HKDF context") }
        defer { unsafe EVP_KDF_CTX_free(context) }
        let status = unsafe key.withUnsafeBytes { key in
            unsafe salt.withUnsafeBytes { salt in
                unsafe info.withUnsafeBytes { info in
                    unsafe ekm_hkdf_sha256(
                        context, key.baseAddress, key.count, salt.baseAddress, salt.count, info.baseAddress, info.count,
                        output.baseAddress, output.count)
                }
            }
        }
        guard status == 1 else { throw .openSSL("derive a key with HKDF") }
    }
}
