internal import CLinux
internal import Cryptography
internal import EKMWire
internal import Glibc

/// The nonces of one read: 24 random bytes for its first message, and for each further one the second half counts up by one.
///
/// So the messages of a read that have one key share the first half, from which XAES derives, and it is derived once for them. No two nonces
/// are the same: within a read they count, and two reads would have to draw the same 12 bytes first, and then 12 bytes that lie close
/// together. Nothing is kept for the next read, which a virtual machine that was cloned would use twice.
@safe final class Nonces {
    /// Where the number stands that counts, 32 bits that wrap around: no read has so many frames.
    private static let counter = EnvelopeCipher.nonceSize - 4
    private let base: UnsafeMutableRawPointer
    private var isDrawn = false

    init() { unsafe base = UnsafeMutableRawPointer.allocate(byteCount: EnvelopeCipher.nonceSize, alignment: 16) }

    deinit { unsafe base.deallocate() }

    /// Forgets the last read's.
    func beginRead() { isDrawn = false }

    /// Lends a fresh nonce.
    @inline(__always)
    func withNext(_ body: (RawSpan) throws(WireError) -> Void) throws(WireError) {
        if isDrawn {
            let count = unsafe base.load(fromByteOffset: Self.counter, as: UInt32.self)
            unsafe base.storeBytes(of: count &+ 1, toByteOffset: Self.counter, as: UInt32.self)
        } else {
            try draw()
        }
        try body(unsafe RawSpan(_unsafeStart: base, byteCount: EnvelopeCipher.nonceSize))
    }

    @inline(never)
    private func draw() throws(WireError) {
        // So few bytes the kernel gives in fewer steps than OpenSSL's generator, which would ask it as well.
        let isDone = unsafe getrandom(base, EnvelopeCipher.nonceSize, 0) == EnvelopeCipher.nonceSize
        if !isDone {
            do throws(CryptographyError) {
                var bytes = unsafe MutableRawSpan(_unsafeStart: base, byteCount: EnvelopeCipher.nonceSize)
                try Random.fill(&bytes)
            } catch { throw WireError(error) }
        }
        isDrawn = true
    }
}
