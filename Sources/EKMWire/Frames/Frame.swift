/// Finds frames in a stream of bytes.
///
/// A frame is a `u32` big-endian length, counting what follows it, then ``FrameHeader`` and the fields of the operation.
package enum Frame {
    /// The size of the length that stands before each frame, in bytes.
    package static let prefixSize = 4
    /// The most bytes that may follow the length unless the configuration says otherwise: 1 MiB.
    package static let defaultLimit = 1 << 20

    /// What stands at an offset of the stream.
    package enum Scan: Equatable, Sendable {
        /// The frame is not complete yet. The number of bytes, counted from the frame's first, that must be there before it can be scanned again.
        case incomplete(needed: Int)
        /// A complete frame; the offset just past it.
        case complete(end: Int)
        /// A complete frame that is shorter than a header; the offset just past it.
        case tooShort(end: Int)
        /// A frame longer than the limit, whose header may or may not be there yet; how many bytes follow the length.
        case tooLarge(length: Int)
    }

    /// Looks at the frame that starts at `start`.
    @inlinable
    package static func scan(_ bytes: RawSpan, at start: Int, limit: Int = defaultLimit) -> Scan {
        let available = bytes.byteCount - start
        guard start >= 0, available >= prefixSize else { return .incomplete(needed: prefixSize) }
        let length = Int(bytes.bigEndianUInt32(at: start))
        guard length <= limit else { return .tooLarge(length: length) }
        guard available - prefixSize >= length else { return .incomplete(needed: prefixSize + length) }
        let end = start + prefixSize + length
        return length < FrameHeader.size ? .tooShort(end: end) : .complete(end: end)
    }

    /// The range of a complete frame's fields: everything behind its header.
    @inlinable
    package static func fields(from start: Int, to end: Int) -> Range<Int> {
        (start + prefixSize + FrameHeader.size)..<end
    }
}
