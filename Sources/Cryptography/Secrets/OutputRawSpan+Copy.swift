extension OutputRawSpan {
    /// Appends all of `bytes`. Traps if they do not fit.
    @inlinable @inline(__always)
    package mutating func append(copying bytes: RawSpan) {
        precondition(bytes.byteCount <= freeCapacity, "the output span has room for what is appended")
        unsafe withUnsafeMutableBytes { buffer, filled in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyMemory(from: source)
            }
            filled += bytes.byteCount
        }
    }
}
