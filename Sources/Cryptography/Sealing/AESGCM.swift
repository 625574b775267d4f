import COpenSSL
import Glibc

/// AES-GCM (NIST SP 800-38D) with 96-bit nonces and 128-bit tags, on one kept OpenSSL context.
///
/// It holds a key schedule: whoever owns it frees it with the key. Everything above it sees to it that no nonce is used twice.
/// The provider that OpenSSL's configuration chose is called without the layer of EVP, which costs more than a short message does; where it
/// does not show its functions, through EVP.
@safe package final class AESGCM {
    package static let nonceSize = 12
    package static let tagSize = 16
    /// OpenSSL counts in `int`.
    package static let mostBytes = Int(Int32.max) - 64

    private let context: UnsafeMutableRawPointer
    /// Nil where EVP is asked; `context` is EVP's then.
    private let functions: UnsafePointer<ekm_aead>?
    private let keySize: Int

    /// A context for keys of `keySize` bytes; each message must bring its key.
    /// - Parameter direct: whether the provider is called itself where it can be; only tests say no.
    init(keySize: Int, direct: Bool = true) throws(CryptographyError) {
        let algorithm: OpaquePointer
        let functions: UnsafePointer<ekm_aead>?
        switch keySize {
        case 32: unsafe (algorithm, functions) = unsafe (Algorithm.aes256GCM, Algorithm.direct256)
        case 24: unsafe (algorithm, functions) = unsafe (Algorithm.aes192GCM, Algorithm.direct192)
        case 16: unsafe (algorithm, functions) = unsafe (Algorithm.aes128GCM, Algorithm.direct128)
        default: throw .wrongSize("The key", keySize, wanted: "16, 24 or 32")
        }
        self.keySize = keySize
        if direct, let functions = unsafe functions {
            guard let context = unsafe ekm_aead_new(functions) else { throw .openSSL("make a cipher context") }
            unsafe (self.context, self.functions) = unsafe (context, functions)
        } else {
            unsafe (context, self.functions) = unsafe (UnsafeMutableRawPointer(try Self.evp(algorithm)), nil)
        }
    }

    /// A context with its key set: 16, 24 or 32 bytes. The formats use 32 alone.
    /// - Throws: ``CryptographyError/Code/wrongSize``, ``CryptographyError/Code/openSSL``.
    package convenience init(key: RawSpan) throws(CryptographyError) { try self.init(key: key, direct: true) }

    convenience init(key: RawSpan, direct: Bool) throws(CryptographyError) {
        try self.init(keySize: key.byteCount, direct: direct)
        let status = unsafe key.withUnsafeBytes { key in
            if let functions = unsafe functions { return unsafe ekm_aead_set_key(functions, context, key.baseAddress, key.count) }
            return unsafe EVP_CipherInit_ex2(
                OpaquePointer(context), nil, key.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, 1, nil)
        }
        guard status == 1 else { throw .openSSL("set the key of AES-GCM") }
    }

    deinit {
        if let functions = unsafe functions {
            unsafe ekm_aead_free(functions, context)
        } else {
            unsafe EVP_CIPHER_CTX_free(OpaquePointer(context))
        }
    }

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
        try check(nonce, first, second, plaintext.byteCount, room: output.freeCapacity - Self.tagSize)
        try unsafe output.withUnsafeMutableBytes { (buffer, filled) throws(CryptographyError) in
            guard let start = unsafe buffer.baseAddress?.advanced(by: filled) else { return }
            let status = unsafe nonce.withUnsafeBytes { nonce in
                unsafe first.withUnsafeBytes { first in
                    unsafe second.withUnsafeBytes { second in
                        unsafe plaintext.withUnsafeBytes { text in
                            guard let functions = unsafe functions else {
                                return unsafe evpSeal(OpaquePointer(context), key, nonce, first, second, text, start)
                            }
                            return unsafe ekm_aead_seal(
                                functions, context, key, keySize, nonce.baseAddress, first.baseAddress, first.count, second.baseAddress,
                                second.count, text.baseAddress, text.count, start)
                        }
                    }
                }
            }
            guard status == 1 else { throw .openSSL("seal with AES-GCM") }
            filled += plaintext.byteCount + Self.tagSize
        }
    }

    /// As `open` above; `key`, if there is one, replaces the key of the context.
    @unsafe @inline(__always) func open(
        key: UnsafeRawPointer?, nonce: RawSpan, _ first: RawSpan, _ second: RawSpan, _ sealed: RawSpan, into output: inout OutputRawSpan
    ) throws(CryptographyError) {
        let size = sealed.byteCount - Self.tagSize
        guard size >= 0 else { throw .cannotOpen }
        try check(nonce, first, second, size, room: output.freeCapacity)
        try unsafe output.withUnsafeMutableBytes { (buffer, filled) throws(CryptographyError) in
            // An empty plaintext may come with an output that has no address; its tag is checked all the same.
            let start = unsafe buffer.baseAddress?.advanced(by: filled)
            let status = unsafe nonce.withUnsafeBytes { nonce in
                unsafe first.withUnsafeBytes { first in
                    unsafe second.withUnsafeBytes { second in
                        unsafe sealed.withUnsafeBytes { sealed in
                            guard let functions = unsafe functions else {
                                return unsafe evpOpen(OpaquePointer(context), key, nonce, first, second, sealed, start)
                            }
                            return unsafe ekm_aead_open(
                                functions, context, key, keySize, nonce.baseAddress, first.baseAddress, first.count, second.baseAddress,
                                second.count, sealed.baseAddress, size, start)
                        }
                    }
                }
            }
            guard status == 1 else {
                if let start = unsafe start, size > 0 { unsafe explicit_bzero(start, size) }
                guard status == 0 else { throw .openSSL("open with AES-GCM") }
                ERR_clear_error()
                throw .cannotOpen
            }
            filled += size
        }
    }

    @inline(__always) private func check(
        _ nonce: RawSpan, _ first: RawSpan, _ second: RawSpan, _ size: Int, room: Int
    ) throws(CryptographyError) {
        guard nonce.byteCount == Self.nonceSize else { throw .wrongSize("The nonce", nonce.byteCount, wanted: "\(Self.nonceSize)") }
        guard size <= Self.mostBytes else { throw .wrongSize("The text", size, wanted: "at most \(Self.mostBytes)") }
        let associated = max(first.byteCount, second.byteCount)
        guard associated <= Self.mostBytes else { throw .wrongSize("The associated data", associated, wanted: "at most \(Self.mostBytes)") }
        guard size <= room else { throw .wrongSize("The room for the output", max(0, room), wanted: "at least \(size)") }
    }
}
