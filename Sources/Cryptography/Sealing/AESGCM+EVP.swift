import COpenSSL

/// AES-GCM through EVP, where the provider does not show its functions.
extension AESGCM {
    static func evp(_ algorithm: OpaquePointer) throws(CryptographyError) -> OpaquePointer {
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .openSSL("make a cipher context") }
        guard unsafe EVP_CipherInit_ex2(context, algorithm, nil, nil, 1, nil) == 1 else {
            unsafe EVP_CIPHER_CTX_free(context)
            throw .openSSL("set up AES-GCM")
        }
        return unsafe context
    }

    /// - Returns: 1 where it sealed.
    @unsafe @inline(never) func evpSeal(
        _ context: OpaquePointer, _ key: UnsafeRawPointer?, _ nonce: UnsafeRawBufferPointer, _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer, _ start: UnsafeMutableRawPointer
    ) -> CInt {
        let tag = unsafe start + text.count
        var written: CInt = 0
        let isSealed =
            unsafe begin(context, key, nonce, encrypting: 1) && update(context, first, nil) && update(context, second, nil)
            && update(context, text, start) && EVP_EncryptFinal_ex(context, tag.assumingMemoryBound(to: UInt8.self), &written) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CInt(Self.tagSize), tag) == 1
        return isSealed ? 1 : 0
    }

    /// - Returns: 1 where it opened, 0 where the tag is another, -1 where it failed before.
    @unsafe @inline(never) func evpOpen(
        _ context: OpaquePointer, _ key: UnsafeRawPointer?, _ nonce: UnsafeRawBufferPointer, _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer, _ sealed: UnsafeRawBufferPointer, _ start: UnsafeMutableRawPointer?
    ) -> CInt {
        let size = sealed.count - Self.tagSize
        let text = unsafe UnsafeRawBufferPointer(rebasing: sealed[..<size])
        let tag = unsafe UnsafeMutableRawPointer(mutating: sealed.baseAddress?.advanced(by: size))
        var written: CInt = 0
        var nothing: UInt8 = 0
        let isReady =
            unsafe begin(context, key, nonce, encrypting: 0) && update(context, first, nil) && update(context, second, nil)
            && update(context, text, start) && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(Self.tagSize), tag) == 1
        guard isReady else { return -1 }
        let end = unsafe size > 0 ? start?.assumingMemoryBound(to: UInt8.self) : nil
        if let end = unsafe end { return unsafe EVP_DecryptFinal_ex(context, end, &written) == 1 ? 1 : 0 }
        return unsafe EVP_DecryptFinal_ex(context, &nothing, &written) == 1 ? 1 : 0
    }

    private func begin(_ context: OpaquePointer, _ key: UnsafeRawPointer?, _ nonce: UnsafeRawBufferPointer, encrypting: CInt) -> Bool {
        unsafe EVP_CipherInit_ex2(
            context, nil, key?.assumingMemoryBound(to: UInt8.self), nonce.baseAddress?.assumingMemoryBound(to: UInt8.self), encrypting, nil)
            == 1
    }

    /// Without an output, the input is associated data.
    private func update(_ context: OpaquePointer, _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawPointer?) -> Bool {
        guard input.count > 0 else { return true }
        var written: CInt = 0
        return unsafe EVP_CipherUpdate(
            context, output?.assumingMemoryBound(to: UInt8.self), &written, input.baseAddress?.assumingMemoryBound(to: UInt8.self),
            CInt(input.count)) == 1
    }
}
