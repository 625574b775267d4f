extension RawSpan {
    /// The byte at `offset`. Traps past the end, as the loads below do: callers check first.
    @inlinable @inline(__always)
    package func byte(at offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

    @inlinable @inline(__always)
    package func bigEndianUInt16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inlinable @inline(__always)
    package func bigEndianUInt32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inlinable @inline(__always)
    package func bigEndianUInt64(at offset: Int) -> UInt64 {
        UInt64(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Whether the bytes of `range` are valid UTF-8.
    @inlinable
    package func isUTF8(_ range: Range<Int>) -> Bool {
        var at = range.lowerBound
        // Nearly all names are ASCII: eight bytes at a time, without the full validation.
        while range.upperBound - at >= 8 {
            let word = unsafe unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
            guard word & 0x8080_8080_8080_8080 == 0 else { break }
            at += 8
        }
        while at < range.upperBound, byte(at: at) < 0x80 { at += 1 }
        return at == range.upperBound || string(at..<range.upperBound) != nil
    }

    /// The bytes of `range` as text, or nil where they are not valid UTF-8.
    @usableFromInline
    package func string(_ range: Range<Int>) -> String? {
        guard let text = try? UTF8Span(validating: unsafe extracting(range)._unsafeView(as: UInt8.self)) else { return nil }
        return String(copying: text)
    }

    /// A copy of the bytes of `range`.
    package func array(_ range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// How the bytes of `left` sort against those of `right`: negative, zero or positive.
    @inlinable
    package func compare(_ left: Range<Int>, _ right: Range<Int>) -> Int {
        let common = Swift.min(left.count, right.count)
        for index in 0..<common {
            let a = byte(at: left.lowerBound + index)
            let b = byte(at: right.lowerBound + index)
            if a != b { return a < b ? -1 : 1 }
        }
        return left.count - right.count
    }
}
