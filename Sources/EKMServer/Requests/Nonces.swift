internal import CLinux
internal import Cryptography
internal import EKMWire
internal import Glibc

/// The nonces of one read: fetched at once for all its frames, lent one by one, never kept for the next read.
@safe final class Nonces {
    /// How many are fetched at once at most.
    private static let capacity = 256
    /// Up to here the kernel is asked itself: fewer steps than OpenSSL's generator, which it would have to feed as well.
    private static let few = 4
    private let base: UnsafeMutableRawPointer
    private var next = 0
    private var end = 0

    init() { unsafe base = UnsafeMutableRawPointer.allocate(byteCount: Self.capacity * EnvelopeCipher.nonceSize, alignment: 16) }

    deinit { unsafe base.deallocate() }

    /// Forgets what the last read left over.
    func beginRead() { end = next }

    /// Lends a fresh nonce.
    /// - Parameter expected: how many frames, this one included, may want one.
    @inline(__always)
    func withNext(expected: Int, _ body: (RawSpan) throws(WireError) -> Void) throws(WireError) {
        if next == end { try fetch(min(max(1, expected), Self.capacity)) }
        let nonce = unsafe RawSpan(_unsafeStart: base + next, byteCount: EnvelopeCipher.nonceSize)
        next += EnvelopeCipher.nonceSize
        try body(nonce)
    }

    @inline(never)
    private func fetch(_ count: Int) throws(WireError) {
        let size = count * EnvelopeCipher.nonceSize
        let isFetched = unsafe count <= Self.few && getrandom(base, size, 0) == size
        if !isFetched {
            do throws(CryptographyError) {
                var bytes = unsafe MutableRawSpan(_unsafeStart: base, byteCount: size)
                try Random.fill(&bytes)
            } catch { throw WireError(error) }
        }
        next = 0
        end = size
    }
}
