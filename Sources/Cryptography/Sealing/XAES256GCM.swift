import COpenSSL
import Glibc

/// XAES-256-GCM (c2sp.org/XAES-256-GCM): AES-256-GCM with random nonces of 192 bits.
///
/// A message's key is derived from the first half of its nonce by the counter-mode KDF of NIST SP 800-108r1 with AES-CMAC. Messages whose
/// nonces share that half, one after another, share the derivation.
/// The inputs of that KDF fill one block each, so CMAC is one AES call per block under the kept key, with the subkey K1 added in.
/// Not Sendable: one thread at a time.
@safe package final class XAES256GCM {
    package static let keySize = 32
    package static let nonceSize = 24
    package static let tagSize = AESGCM.tagSize

    private let gcm: AESGCM
    private let blocks: OpaquePointer
    /// One slot of the arena: the message's key, 32 bytes, wiped after each; then K1, 16 bytes.
    private let scratch: SecretBytes
    /// The half of a nonce that the key in `gcm` was derived from; nil where there is none, or it failed.
    private var derived: Half?

    private struct Half: Equatable {
        let first: UInt64
        let rest: UInt32
    }

    /// - Throws: ``CryptographyError/Code/wrongSize`` unless the key has 32 bytes; ``CryptographyError/Code/arenaFull``,
    ///   ``CryptographyError/Code/openSSL``.
    package init(key: RawSpan) throws(CryptographyError) {
        guard key.byteCount == Self.keySize else { throw .wrongSize("The key", key.byteCount, wanted: "\(Self.keySize)") }
        let gcm = try AESGCM(keySize: Self.keySize)
        let scratch = try SecretBytes(byteCount: 64) { (output) throws(CryptographyError) in
            unsafe output.append(repeating: 0, count: 64, as: UInt8.self)
        }
        guard let blocks = unsafe EVP_CIPHER_CTX_new() else { throw .openSSL("make a cipher context") }
        let k1 = unsafe scratch.address.assumingMemoryBound(to: UInt8.self) + Self.keySize
        var written: CInt = 0
        let ready = unsafe key.withUnsafeBytes { key in
            unsafe EVP_EncryptInit_ex2(
                blocks, Algorithm.aes256ECB, key.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, nil) == 1
                && EVP_CIPHER_CTX_set_padding(blocks, 0) == 1
                && EVP_EncryptUpdate(blocks, k1, &written, k1, 16) == 1
        }
        guard ready else {
            unsafe EVP_CIPHER_CTX_free(blocks)
            throw .openSSL("set up AES-256")
        }
        unsafe Self.double(k1)
        self.gcm = gcm
        unsafe self.blocks = unsafe blocks
        self.scratch = scratch
    }

    deinit { unsafe EVP_CIPHER_CTX_free(blocks) }

    /// Appends ciphertext and tag: 16 bytes more than the plaintext. Two parts of associated data are one: nothing separates them.
    /// - Throws: ``CryptographyError/Code/wrongSize`` when the nonce has not 24 bytes, or the output no room; ``CryptographyError/Code/openSSL``.
    package func seal(
        nonce: RawSpan, associatedData first: RawSpan, _ second: RawSpan = RawSpan(), plaintext: RawSpan, into output: inout OutputRawSpan
    ) throws(CryptographyError) {
        let half = try Self.half(of: nonce)
        if derived == half {
            return try unsafe gcm.seal(key: nil, nonce: nonce.extracting(last: 12), first, second, plaintext, into: &output)
        }
        derived = nil
        let key = try unsafe derive(nonce)
        defer { unsafe explicit_bzero(key, Self.keySize) }
        try unsafe gcm.seal(key: key, nonce: nonce.extracting(last: 12), first, second, plaintext, into: &output)
        derived = half
    }

    /// Appends the plaintext of `sealed`, which is ciphertext and tag. If it does not open, nothing of it stays in the output.
    /// - Throws: ``CryptographyError/Code/cannotOpen``, ``CryptographyError/Code/wrongSize``, ``CryptographyError/Code/openSSL``.
    package func open(
        nonce: RawSpan, associatedData first: RawSpan, _ second: RawSpan = RawSpan(), sealed: RawSpan, into output: inout OutputRawSpan
    ) throws(CryptographyError) {
        let half = try Self.half(of: nonce)
        if derived == half {
            return try unsafe gcm.open(key: nil, nonce: nonce.extracting(last: 12), first, second, sealed, into: &output)
        }
        derived = nil
        let key = try unsafe derive(nonce)
        defer { unsafe explicit_bzero(key, Self.keySize) }
        try unsafe gcm.open(key: key, nonce: nonce.extracting(last: 12), first, second, sealed, into: &output)
        derived = half
    }

    @inline(__always) private static func half(of nonce: RawSpan) throws(CryptographyError) -> Half {
        guard nonce.byteCount == nonceSize else { throw .wrongSize("The nonce", nonce.byteCount, wanted: "\(nonceSize)") }
        return unsafe Half(
            first: nonce.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self),
            rest: nonce.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt32.self))
    }

    /// Two blocks, `0 ‖ i ‖ 'X' ‖ 0 ‖ nonce[0..<12]` for i = 1, 2, plus K1, encrypted in place to the message's key.
    @unsafe @inline(__always) private func derive(_ nonce: RawSpan) throws(CryptographyError) -> UnsafeMutableRawPointer {
        let key = unsafe scratch.address
        unsafe key.storeBytes(of: UInt32(littleEndian: 0x0058_0100), as: UInt32.self)
        unsafe (key + 16).storeBytes(of: UInt32(littleEndian: 0x0058_0200), as: UInt32.self)
        unsafe nonce.withUnsafeBytes { nonce in
            let half = unsafe UnsafeRawBufferPointer(rebasing: nonce[..<12])
            unsafe UnsafeMutableRawBufferPointer(start: key + 4, count: 12).copyMemory(from: half)
            unsafe UnsafeMutableRawBufferPointer(start: key + 20, count: 12).copyMemory(from: half)
        }
        for at in [0, 8] {
            let k1 = unsafe key.load(fromByteOffset: Self.keySize + at, as: UInt64.self)
            unsafe key.storeBytes(of: key.load(fromByteOffset: at, as: UInt64.self) ^ k1, toByteOffset: at, as: UInt64.self)
            unsafe key.storeBytes(of: key.load(fromByteOffset: at + 16, as: UInt64.self) ^ k1, toByteOffset: at + 16, as: UInt64.self)
        }
        var written: CInt = 0
        let bytes = unsafe key.assumingMemoryBound(to: UInt8.self)
        guard unsafe EVP_EncryptUpdate(blocks, bytes, &written, bytes, CInt(Self.keySize)) == 1 else { throw .openSSL("derive a key") }
        return unsafe key
    }

    /// CMAC's subkey from AES of the zero block: times x in GF(2^128) (SP 800-38B, section 6.1), without a branch on its bits.
    private static func double(_ block: UnsafeMutablePointer<UInt8>) {
        let carry = unsafe block[0] >> 7
        for i in 0..<15 { unsafe block[i] = block[i] << 1 | block[i + 1] >> 7 }
        unsafe block[15] = block[15] << 1 ^ 0x87 & (0 &- carry)
    }
}
