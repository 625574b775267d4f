/// Bytes on the heap that may hold plaintext or a secret and are longer than a locked slot: a frame, a body, a token. What was written is
/// wiped when the last user lets go.
///
/// `Sendable` because it is filled by its maker, before anyone else sees it, and only read from then on.
@safe package final class WipedBytes: @unchecked Sendable {
    @usableFromInline var buffer: UnsafeMutableRawBufferPointer
    @usableFromInline var filled = 0
    /// How many bytes fit without moving those that are there.
    package private(set) var capacity: Int

    package init(capacity: Int) {
        self.capacity = capacity
        unsafe buffer = .allocate(byteCount: max(1, capacity), alignment: 16)
    }

    package convenience init(_ text: some StringProtocol) {
        self.init(capacity: text.utf8.count)
        append(text)
    }

    package convenience init(_ bytes: some Collection<UInt8>) {
        self.init(capacity: bytes.count)
        for byte in bytes { append(byte) }
    }

    package convenience init(copying bytes: RawSpan) {
        self.init(capacity: bytes.byteCount)
        append(bytes)
    }

    /// Makes at most `capacity` bytes, which `fill` writes.
    package convenience init<E: Error>(capacity: Int, fill: (inout OutputRawSpan) throws(E) -> Void) throws(E) {
        self.init(capacity: capacity)
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<capacity])
        var output = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
        do throws(E) { try fill(&output) } catch {
            // So that all of it is wiped.
            filled = capacity
            throw error
        }
        filled = unsafe output.finalize(for: room)
    }

    deinit {
        unsafe wipe()
        unsafe buffer.deallocate()
    }

    package var count: Int { filled }

    package subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "an index lies within the buffer")
        return unsafe buffer[index]
    }

    /// Lends the bytes to `body`, which must not copy a secret anywhere that is not wiped.
    @inlinable
    package func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        let bytes = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
        return try body(bytes)
    }

    /// A part that is not secret, as text; nil if it is not UTF-8.
    package func text(_ range: Range<Int>) -> String? {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range lies within the buffer")
        return unsafe String(validating: buffer[range], as: UTF8.self)
    }

    /// A part as a buffer of its own, for instance a token out of an answer.
    package func copy(_ range: Range<Int>) -> WipedBytes {
        let part = WipedBytes(capacity: range.count)
        for index in range { part.append(self[index]) }
        return part
    }

    /// What was never written holds nothing, and may not even be backed by memory.
    @unsafe private func wipe() { unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<filled]).wipe() }

    /// Grows without leaving the old bytes behind.
    private func reserve(_ more: Int) {
        guard filled + more > capacity else { return }
        capacity = max(16, capacity * 2, filled + more)
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
        unsafe wipe()
        unsafe buffer.deallocate()
        unsafe buffer = larger
    }
}

// Filling it.
extension WipedBytes {
    package func append(_ byte: UInt8) {
        reserve(1)
        unsafe buffer[filled] = byte
        filled += 1
    }

    package func append(_ text: some StringProtocol) {
        reserve(text.utf8.count)
        for byte in text.utf8 { append(byte) }
    }

    package func append(_ other: WipedBytes) { other.withBytes { append($0) } }

    package func append(_ bytes: RawSpan) { unsafe bytes.withUnsafeBytes { unsafe append($0) } }

    @unsafe package func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyMemory(from: bytes)
        filled += bytes.count
    }
}

// For C, which wants pointers.
extension WipedBytes {
    /// The bytes as a C string: a NUL is kept behind them. Valid until the next change, and as long as the buffer lives.
    @unsafe package func cString() -> UnsafePointer<CChar>? {
        reserve(1)
        unsafe buffer[filled] = 0
        return unsafe UnsafePointer(buffer.baseAddress?.assumingMemoryBound(to: CChar.self))
    }

    /// The bytes' place. Valid until the next change, and as long as the buffer lives.
    @unsafe package var start: UnsafeRawPointer? { unsafe UnsafeRawPointer(buffer.baseAddress) }
}
