extension RawSpan {
    /// A copy of the bytes. Wipe it where they are secret.
    var array: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}

extension OutputFile {
    /// Writes all bytes of an array.
    borrowing func write(array: [UInt8]) throws(Failure) { try unsafe write(array.span.bytes) }
}
