import COpenSSL

/// OpenSSL's form of an Ed25519 key, for one operation. With a private key it is a secret, and is freed, and so wiped, at its end.
@safe struct Ed25519Key: ~Copyable {
    private let key: OpaquePointer

    /// From the 32 bytes of a private key, which RFC 8032 calls the seed.
    init(seed: RawSpan) throws(CryptographyError) {
        guard seed.byteCount == SigningKey.seedSize else { throw .wrongSize("The seed", seed.byteCount, wanted: "\(SigningKey.seedSize)") }
        let made = unsafe seed.withUnsafeBytes {
            unsafe EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
        guard let key = unsafe made else { throw .openSSL("take a signing key") }
        unsafe self.key = unsafe key
    }

    init(publicKey: RawSpan) throws(CryptographyError) {
        guard publicKey.byteCount == VerifyingKey.byteCount else {
            throw .wrongSize("The public key", publicKey.byteCount, wanted: "\(VerifyingKey.byteCount)")
        }
        let made = unsafe publicKey.withUnsafeBytes {
            unsafe EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
        guard let key = unsafe made else { throw .openSSL("take a public key") }
        unsafe self.key = unsafe key
    }

    deinit { unsafe EVP_PKEY_free(key) }

    borrowing func publicKey() throws(CryptographyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: VerifyingKey.byteCount)
        var size = bytes.count
        guard unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &size) == 1, size == bytes.count else {
            throw .openSSL("compute a public key")
        }
        return bytes
    }

    borrowing func sign(_ message: RawSpan) throws(CryptographyError) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else { throw .openSSL("make a signing context") }
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: SigningKey.signatureSize)
        var size = signature.count
        let status = unsafe message.withUnsafeBytes { message in
            guard unsafe EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key, nil) == 1 else { return CInt(0) }
            return unsafe EVP_DigestSign(
                context, &signature, &size, message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count)
        }
        guard status == 1, size == signature.count else { throw .openSSL("sign with Ed25519") }
        return signature
    }

    borrowing func verifies(_ signature: RawSpan, over message: RawSpan) throws(CryptographyError) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { throw .openSSL("make a verifying context") }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil) == 1 else { throw .openSSL("begin to verify") }
        let status = unsafe signature.withUnsafeBytes { signature in
            unsafe message.withUnsafeBytes { message in
                unsafe EVP_DigestVerify(
                    context, signature.baseAddress?.assumingMemoryBound(to: UInt8.self), signature.count,
                    message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count)
            }
        }
        ERR_clear_error()
        return status == 1
    }
}
