internal import EKMWire
internal import Glibc

/// 32 secret bytes, in memory of their own that is wiped at the end of their life.
///
/// The memory is left out of core dumps and of forked processes, and is locked where the limit on locked memory allows it.
@safe
public struct DataKey: ~Copyable, @unchecked Sendable {
    /// The size of a key, in bytes.
    public static let size = 32

    // Safe to share: written by `init` alone. One page, so that locking it concerns nothing else.
    private let page: UnsafeMutableRawPointer
    private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// Copies a key.
    ///
    /// - Throws: ``EKMWire/WireError`` where there are not 32 bytes.
    init(copying bytes: RawSpan) throws(WireError) {
        guard bytes.byteCount == Self.size else {
            throw WireError(.malformedField, "The daemon sent a key that has not 32 bytes.", remedy: "Update the older of the two.")
        }
        let protection = PROT_READ | PROT_WRITE
        guard let page = unsafe mmap(nil, Self.pageSize, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), unsafe page != MAP_FAILED else {
            throw WireError(.internalError, "There is no memory left for a key.", remedy: "Let go of keys that are no longer needed.")
        }
        // Each of these is the best that can be done, not a promise: a key is of use without.
        _ = unsafe mlock(page, Self.pageSize)
        _ = unsafe madvise(page, Self.pageSize, MADV_DONTDUMP)
        _ = unsafe madvise(page, Self.pageSize, MADV_WIPEONFORK)
        unsafe bytes.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            unsafe page.copyMemory(from: base, byteCount: Self.size)
        }
        unsafe self.page = page
    }

    deinit {
        unsafe explicit_bzero(page, Self.pageSize)
        unsafe munmap(page, Self.pageSize)
    }

    /// Lends the key's 32 bytes. They must not be kept.
    public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: page, count: Self.size)))
    }
}
