internal import CLinux

/// A buffer for what may hold a secret but is longer than a locked slot: a body, a token. Wiped over its whole capacity when it ends.
///
/// It is written by the one who makes it, before anyone else sees it, and only read from then on; that makes it `Sendable`.
@safe package final class WipedBytes: @unchecked Sendable {
    private var buffer: UnsafeMutableRawBufferPointer
    package private(set) var count = 0

    package init(capacity: Int) { unsafe buffer = .allocate(byteCount: max(capacity, 16), alignment: 16) }

    package convenience init(_ text: some StringProtocol) {
        self.init(capacity: text.utf8.count)
        append(text)
    }

    package convenience init(_ bytes: some Collection<UInt8>) {
        self.init(capacity: bytes.count)
        for byte in bytes { append(byte) }
    }

    deinit { unsafe Self.release(buffer) }

    package subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "an index lies within the buffer")
        return unsafe buffer[index]
    }

    /// Lends the bytes to `body`, which must not copy a secret anywhere that is not wiped.
    package func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return try body(span)
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
}

// Filling it.
extension WipedBytes {
    package func append(_ byte: UInt8) {
        reserve(1)
        unsafe buffer[count] = byte
        count += 1
    }

    package func append(_ text: some StringProtocol) {
        reserve(text.utf8.count)
        for byte in text.utf8 {
            unsafe buffer[count] = byte
            count += 1
        }
    }

    package func append(_ other: WipedBytes) {
        reserve(other.count)
        for index in 0..<other.count { append(other[index]) }
    }

    package func append(_ bytes: RawSpan) {
        reserve(bytes.byteCount)
        for index in 0..<bytes.byteCount { append(unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)) }
    }

    @unsafe func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    /// Grows without leaving the old bytes behind.
    private func reserve(_ more: Int) {
        guard unsafe count + more > buffer.count else { return }
        let larger = unsafe UnsafeMutableRawBufferPointer.allocate(byteCount: max(buffer.count * 2, count + more), alignment: 16)
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        unsafe Self.release(buffer)
        unsafe buffer = larger
    }

    @unsafe private static func release(_ buffer: UnsafeMutableRawBufferPointer) {
        if let start = buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) }
        unsafe buffer.deallocate()
    }
}

// For libcurl, which wants pointers.
extension WipedBytes {
    /// The bytes as a C string: a NUL is kept behind them. Valid until the next change, and as long as the buffer lives.
    @unsafe func cString() -> UnsafePointer<CChar>? {
        reserve(1)
        unsafe buffer[count] = 0
        return unsafe UnsafePointer(buffer.baseAddress?.assumingMemoryBound(to: CChar.self))
    }

    /// The bytes' place. Valid until the next change, and as long as the buffer lives.
    @unsafe var start: UnsafeRawPointer? { unsafe UnsafeRawPointer(buffer.baseAddress) }
}
