import COpenSSL
import Glibc

/// AES-GCM (NIST SP 800-38D) with 96-bit nonces and 128-bit tags, on one kept OpenSSL context.
///
/// It holds a key schedule: whoever owns it frees it with the key. Everything above it sees to it that no nonce is used twice.
@safe package final class AESGCM {
    package static let nonceSize = 12
    package static let tagSize = 16
    /// OpenSSL counts in `int`.
    package static let mostBytes = Int(Int32.max) - 64

    private let context: OpaquePointer
    private let keySize: Int

    /// A context for keys of `keySize` bytes; each message must bring its key.
    init(keySize: Int) throws(CryptographyError) {
        let algorithm: OpaquePointer
        switch keySize {
        case 32: unsafe algorithm = Algorithm.aes256GCM
        case 24: unsafe algorithm = Algorithm.aes192GCM
        case 16: unsafe algorithm = Algorithm.aes128GCM
        default: throw .wrongSize("The key", keySize, wanted: "16, 24 or 32")
        }
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .openSSL("make a cipher context") }
        guard unsafe EVP_CipherInit_ex2(context, algorithm, nil, nil, 1, nil) == 1 else {
            unsafe EVP_CIPHER_CTX_free(context)
            throw .openSSL("set up AES-GCM")
        }
        unsafe self.context = unsafe context
        self.keySize = keySize
    }

    /// A context with its key set: 16, 24 or 32 bytes. The formats use 32 alone.
    /// - Throws: ``CryptographyError/Code/wrongSize``, ``CryptographyError/Code/openSSL``.
    package convenience init(key: RawSpan) throws(CryptographyError) {
        try self.init(keySize: key.byteCount)
        let status = unsafe key.withUnsafeBytes {
            unsafe EVP_CipherInit_ex2(context, nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, 1, nil)
        }
        guard status == 1 else { throw .openSSL("set the key of AES-GCM") }
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// Appends ciphertext and tag.
    /// - Throws: ``CryptographyError/Code/wrongSize`` when the nonce has not 12 bytes, or the output no room; ``CryptographyError/Code/openSSL``.
    package func seal(
        nonce: RawSpan, associatedData first: RawSpan, _ second: RawSpan = RawSpan(), plaintext: RawSpan, into output: inout OutputRawSpan
    ) throws(CryptographyError) {
        try unsafe seal(key: nil, nonce: nonce, first, second, plaintext, into: &output)
    }

    /// Appends the plaintext of `sealed`, which is ciphertext and tag. If it does not open, nothing of it stays in the output.
    /// - Throws: ``CryptographyError/Code/cannotOpen``, ``CryptographyError/Code/wrongSize``, ``CryptographyError/Code/openSSL``.
    package func open(
        nonce: RawSpan, associatedData first: RawSpan, _ second: RawSpan = RawSpan(), sealed: RawSpan, into output: inout OutputRawSpan
    ) throws(CryptographyError) {
        try unsafe open(key: nil, nonce: nonce, first, second, sealed, into: &output)
    }

    /// As `seal` above; `key`, if there is one, replaces the key of the context.
    @unsafe @inline(__always) func seal(
        key: UnsafeRawPointer?, nonce: RawSpan, _ first: RawSpan, _ second: RawSpan, _ plaintext: RawSpan, into output: inout OutputRawSpan
    ) throws(CryptographyError) {
        try check(nonce, plaintext.byteCount, room: output.freeCapacity - Self.tagSize)
        try unsafe begin(key, nonce, encrypting: 1)
        try associate(first)
        try associate(second)
        try unsafe output.withUnsafeMutableBytes { (buffer, filled) throws(CryptographyError) in
            guard let start = unsafe buffer.baseAddress?.advanced(by: filled) else { return }
            try unsafe update(plaintext, into: start)
            let tag = unsafe start + plaintext.byteCount
            var written: CInt = 0
            guard
                unsafe EVP_EncryptFinal_ex(context, tag.assumingMemoryBound(to: UInt8.self), &written) == 1,
                unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CInt(Self.tagSize), tag) == 1
            else { throw .openSSL("seal with AES-GCM") }
            filled += plaintext.byteCount + Self.tagSize
        }
    }

    /// As `open` above; `key`, if there is one, replaces the key of the context.
    @unsafe @inline(__always) func open(
        key: UnsafeRawPointer?, nonce: RawSpan, _ first: RawSpan, _ second: RawSpan, _ sealed: RawSpan, into output: inout OutputRawSpan
    ) throws(CryptographyError) {
        let size = sealed.byteCount - Self.tagSize
        guard size >= 0 else { throw .cannotOpen }
        try check(nonce, size, room: output.freeCapacity)
        try unsafe begin(key, nonce, encrypting: 0)
        try associate(first)
        try associate(second)
        let ciphertext = sealed.extracting(first: size)
        let tag = sealed.extracting(last: Self.tagSize)
        try unsafe output.withUnsafeMutableBytes { (buffer, filled) throws(CryptographyError) in
            // An empty plaintext may come with an output that has no address; its tag is checked all the same.
            var nothing: UInt8 = 0
            var opened = false
            if let start = unsafe buffer.baseAddress?.advanced(by: filled), size > 0 {
                try unsafe update(ciphertext, into: start)
                opened = unsafe finish(tag, into: start)
                if !opened { unsafe explicit_bzero(start, size) }
            } else {
                opened = unsafe finish(tag, into: &nothing)
            }
            guard opened else {
                ERR_clear_error()
                throw .cannotOpen
            }
            filled += size
        }
    }

    @inline(__always) private func check(_ nonce: RawSpan, _ size: Int, room: Int) throws(CryptographyError) {
        guard nonce.byteCount == Self.nonceSize else { throw .wrongSize("The nonce", nonce.byteCount, wanted: "\(Self.nonceSize)") }
        guard size <= Self.mostBytes else { throw .wrongSize("The text", size, wanted: "at most \(Self.mostBytes)") }
        guard size <= room else { throw .wrongSize("The room for the output", max(0, room), wanted: "at least \(size)") }
    }

    @unsafe @inline(__always) private func begin(_ key: UnsafeRawPointer?, _ nonce: RawSpan, encrypting: CInt) throws(CryptographyError) {
        let status = unsafe nonce.withUnsafeBytes { nonce in
            unsafe EVP_CipherInit_ex2(
                context, nil, key?.assumingMemoryBound(to: UInt8.self), nonce.baseAddress?.assumingMemoryBound(to: UInt8.self), encrypting,
                nil)
        }
        guard status == 1 else { throw .openSSL("begin with AES-GCM") }
    }

    @inline(__always) private func associate(_ data: RawSpan) throws(CryptographyError) {
        guard data.byteCount > 0 else { return }
        guard data.byteCount <= Self.mostBytes else {
            throw .wrongSize("The associated data", data.byteCount, wanted: "at most \(Self.mostBytes)")
        }
        var written: CInt = 0
        let status = unsafe data.withUnsafeBytes {
            unsafe EVP_CipherUpdate(context, nil, &written, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), CInt($0.count))
        }
        guard status == 1 else { throw .openSSL("take associated data") }
    }

    @unsafe @inline(__always) private func update(_ input: RawSpan, into start: UnsafeMutableRawPointer) throws(CryptographyError) {
        guard input.byteCount > 0 else { return }
        var written: CInt = 0
        let status = unsafe input.withUnsafeBytes {
            unsafe EVP_CipherUpdate(
                context, start.assumingMemoryBound(to: UInt8.self), &written, $0.baseAddress?.assumingMemoryBound(to: UInt8.self),
                CInt($0.count))
        }
        guard status == 1 else { throw .openSSL("run AES-GCM") }
    }

    /// Whether the tag is right.
    @unsafe @inline(__always) private func finish(_ tag: RawSpan, into start: UnsafeMutableRawPointer) -> Bool {
        var written: CInt = 0
        return unsafe tag.withUnsafeBytes { tag in
            unsafe EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_SET_TAG, CInt(tag.count), UnsafeMutableRawPointer(mutating: tag.baseAddress)) == 1
                && EVP_DecryptFinal_ex(context, start.assumingMemoryBound(to: UInt8.self), &written) == 1
        }
    }
}
