/// Walks over the fields of a frame, and gives the ranges where they stand: it copies nothing and allocates nothing.
///
/// The bytes are passed to each call, so that the reader itself can be kept anywhere; they must be the same each time.
package struct WireReader {
    package private(set) var offset: Int

    package init(at offset: Int = 0) { self.offset = offset }

    private mutating func take(_ count: Int, of bytes: RawSpan, _ field: StaticString) throws(WireError) -> Int {
        guard count <= bytes.byteCount - offset else { throw .truncated(field) }
        defer { offset += count }
        return offset
    }

    /// Reads a `u8`.
    package mutating func u8(in bytes: RawSpan, _ field: StaticString) throws(WireError) -> UInt8 {
        bytes.byte(at: try take(1, of: bytes, field))
    }

    /// Reads a `u16`.
    package mutating func u16(in bytes: RawSpan, _ field: StaticString) throws(WireError) -> UInt16 {
        bytes.bigEndianUInt16(at: try take(2, of: bytes, field))
    }

    /// Reads a `u32`.
    package mutating func u32(in bytes: RawSpan, _ field: StaticString) throws(WireError) -> UInt32 {
        bytes.bigEndianUInt32(at: try take(4, of: bytes, field))
    }

    /// Reads a `u64`.
    package mutating func u64(in bytes: RawSpan, _ field: StaticString) throws(WireError) -> UInt64 {
        bytes.bigEndianUInt64(at: try take(8, of: bytes, field))
    }

    /// The range of exactly `count` bytes.
    package mutating func bytes(_ count: Int, in bytes: RawSpan, _ field: StaticString) throws(WireError) -> Range<Int> {
        let start = try take(count, of: bytes, field)
        return start..<(start + count)
    }

    /// The range of a text with a `u8` length.
    package mutating func string8(in bytes: RawSpan, _ field: StaticString) throws(WireError) -> Range<Int> {
        try text(Int(try u8(in: bytes, field)), in: bytes, field)
    }

    /// The range of a text with a `u16` length.
    package mutating func string16(in bytes: RawSpan, _ field: StaticString) throws(WireError) -> Range<Int> {
        try text(Int(try u16(in: bytes, field)), in: bytes, field)
    }

    /// The range of bytes with a `u32` length.
    package mutating func bytes32(in bytes: RawSpan, _ field: StaticString) throws(WireError) -> Range<Int> {
        try self.bytes(Int(try u32(in: bytes, field)), in: bytes, field)
    }

    /// The range of everything to the frame's end.
    package mutating func rest(in bytes: RawSpan) -> Range<Int> {
        defer { offset = bytes.byteCount }
        return offset..<bytes.byteCount
    }

    /// Refuses bytes behind the last field.
    package func end(in bytes: RawSpan) throws(WireError) {
        guard offset == bytes.byteCount else { throw .trailingBytes }
    }

    private mutating func text(_ count: Int, in bytes: RawSpan, _ field: StaticString) throws(WireError) -> Range<Int> {
        let range = try self.bytes(count, in: bytes, field)
        guard bytes.isUTF8(range) else { throw .notUTF8(field) }
        return range
    }
}

extension WireReader {
    /// A text with a `u8` length, copied.
    package mutating func copiedString8(in bytes: RawSpan, _ field: StaticString) throws(WireError) -> String {
        bytes.string(try string8(in: bytes, field)) ?? ""
    }

    /// A text with a `u16` length, copied.
    package mutating func copiedString16(in bytes: RawSpan, _ field: StaticString) throws(WireError) -> String {
        bytes.string(try string16(in: bytes, field)) ?? ""
    }
}
