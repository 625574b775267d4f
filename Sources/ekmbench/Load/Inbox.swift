/// Where answers are read into; one for all connections, since each keeps what it needs of them.
@safe final class Inbox {
    static let capacity = 512 << 10
    let base: UnsafeMutableRawPointer

    init() { unsafe base = UnsafeMutableRawPointer.allocate(byteCount: Self.capacity, alignment: 64) }

    deinit { unsafe base.deallocate() }

    /// What the last read brought.
    func withBytes<Result>(_ count: Int, _ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
        try body(unsafe RawSpan(_unsafeStart: base, byteCount: count))
    }
}
