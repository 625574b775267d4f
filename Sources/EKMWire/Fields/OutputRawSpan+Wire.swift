/// Appends the fields of an answer in place. Traps where the space runs out: callers reserve it first.
extension OutputRawSpan {
    @inlinable @inline(__always)
    package mutating func appendBigEndian(_ value: UInt16) { unsafe append(value.bigEndian, as: UInt16.self) }

    @inlinable @inline(__always)
    package mutating func appendBigEndian(_ value: UInt32) { unsafe append(value.bigEndian, as: UInt32.self) }

    @inlinable @inline(__always)
    package mutating func appendBigEndian(_ value: UInt64) { unsafe append(value.bigEndian, as: UInt64.self) }

    /// Appends bytes as they are.
    @inlinable
    package mutating func append(_ bytes: RawSpan) {
        var at = 0
        while bytes.byteCount - at >= 8 {
            unsafe append(bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self), as: UInt64.self)
            at += 8
        }
        while at < bytes.byteCount {
            append(bytes.byte(at: at))
            at += 1
        }
    }
}
