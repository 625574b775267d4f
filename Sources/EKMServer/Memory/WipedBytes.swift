internal import Glibc

/// A copy of bytes that may hold plaintext, at an address that does not move, wiped when its last user lets go.
///
/// Sendable because nothing writes to it while more than one thread knows it: it is filled by its maker, and only read thereafter.
@safe final class WipedBytes: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    let capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: max(1, capacity), alignment: 16)
    }

    convenience init(copying bytes: RawSpan) {
        self.init(capacity: bytes.byteCount)
        append(bytes)
    }

    /// Makes `byteCount` bytes, which `fill` writes.
    convenience init<E: Error>(capacity: Int, fill: (inout OutputRawSpan) throws(E) -> Void) throws(E) {
        self.init(capacity: capacity)
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: base, count: capacity)
        var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
        do throws(E) { try fill(&output) } catch {
            // So that all of it is wiped.
            count = capacity
            throw error
        }
        count = unsafe output.finalize(for: buffer)
    }

    deinit {
        // What was never written holds nothing, and may not even be backed by memory.
        unsafe explicit_bzero(base, count)
        unsafe base.deallocate()
    }

    /// Lends the bytes.
    func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        let bytes = unsafe RawSpan(_unsafeStart: base, byteCount: count)
        return try body(bytes)
    }

    func append(_ bytes: RawSpan) {
        precondition(bytes.byteCount <= capacity - count, "what is appended fits: capacity comes from the frame's length")
        unsafe bytes.withUnsafeBytes { bytes in
            guard let source = bytes.baseAddress else { return }
            unsafe (base + count).copyMemory(from: source, byteCount: bytes.count)
        }
        count += bytes.byteCount
    }
}
