import COpenSSL

/// An OpenSSL MAC with its key set, for one message after another. It holds a key: whoever owns it frees it with the key.
@safe final class MACContext {
    /// The size of a code in bytes: HMAC-SHA-256's.
    static let codeSize = 32

    private let context: OpaquePointer

    /// HMAC-SHA-256 (RFC 2104, FIPS 198-1) under a key of any size.
    init(hmacSHA256 key: RawSpan) throws(CryptographyError) {
        guard let context = unsafe EVP_MAC_CTX_new(Algorithm.hmac) else { throw .openSSL("make an HMAC context") }
        guard unsafe key.withUnsafeBytes({ unsafe ekm_hmac_sha256_set_key(context, $0.baseAddress, $0.count) }) == 1 else {
            unsafe EVP_MAC_CTX_free(context)
            throw .openSSL("set the key of an HMAC")
        }
        unsafe self.context = unsafe context
    }

    /// AES-CMAC (NIST SP 800-38B) under a key of 16 or 32 bytes.
    init(cmac key: RawSpan) throws(CryptographyError) {
        guard key.byteCount == 16 || key.byteCount == 32 else { throw .wrongSize("The key", key.byteCount, wanted: "16 or 32") }
        guard let context = unsafe EVP_MAC_CTX_new(Algorithm.cmac) else { throw .openSSL("make a CMAC context") }
        guard unsafe key.withUnsafeBytes({ unsafe ekm_cmac_aes_set_key(context, $0.baseAddress, $0.count) }) == 1 else {
            unsafe EVP_MAC_CTX_free(context)
            throw .openSSL("set the key of a CMAC")
        }
        unsafe self.context = unsafe context
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    /// Begins a message under the same key.
    @inline(__always) func begin() throws(CryptographyError) {
        guard unsafe EVP_MAC_init(context, nil, 0, nil) == 1 else { throw .openSSL("begin a MAC") }
    }

    @inline(__always) func add(_ part: RawSpan) throws(CryptographyError) {
        guard part.byteCount > 0 else { return }
        let status = unsafe part.withUnsafeBytes { unsafe EVP_MAC_update(context, $0.baseAddress, $0.count) }
        guard status == 1 else { throw .openSSL("compute a MAC") }
    }

    /// Writes the code to `output`, which has room for `size` bytes: 32 for HMAC, 16 for CMAC.
    @unsafe @inline(__always) func end(into output: UnsafeMutableRawPointer, size: Int) throws(CryptographyError) {
        var written = 0
        let status = unsafe EVP_MAC_final(context, output.assumingMemoryBound(to: UInt8.self), &written, size)
        guard status == 1, written == size else { throw .openSSL("finish a MAC") }
    }

    /// The code over one message, from beginning to end.
    func code(over message: RawSpan) throws(CryptographyError) -> [UInt8] {
        try begin()
        try add(message)
        return try code(size: Self.codeSize)
    }

    func code(size: Int) throws(CryptographyError) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: size)
        var failure: CryptographyError?
        unsafe code.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            do throws(CryptographyError) { try unsafe end(into: start, size: size) } catch { failure = error }
        }
        if let failure { throw failure }
        return code
    }
}
