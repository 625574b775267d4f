/// A context where it stands in a frame, checked pair by pair without being copied.
package struct ContextField: Hashable, Sendable {
    /// The whole field, its count included.
    package let wire: Range<Int>
    /// The number of pairs.
    package let count: Int
    /// Whether the pairs came in ascending order. Then ``canonical`` can be used as it stands; otherwise make an ``EncryptionContext``.
    package let isCanonical: Bool

    /// Where the canonical encoding stands, given that the pairs came in order: no pairs are no bytes.
    package var canonical: Range<Int> { count == 0 ? wire.upperBound..<wire.upperBound : wire }

    package init(reading reader: inout WireReader, in bytes: RawSpan) throws(WireError) {
        let start = reader.offset
        count = Int(try reader.u16(in: bytes, "context"))
        guard count <= EncryptionContext.largestCount else { throw .contextPairs }
        var ascending = true
        var last = 0..<0
        for _ in 0..<count {
            let key = try reader.string16(in: bytes, "context key")
            guard (1...EncryptionContext.largestKey).contains(key.count) else { throw .contextKey }
            let value = try reader.string16(in: bytes, "context value")
            guard value.count <= EncryptionContext.largestValue else { throw .contextValue }
            // The empty range before the first key sorts before every key.
            let order = bytes.compare(last, key)
            guard order != 0 else { throw .contextDuplicate }
            if order > 0 { ascending = false }
            last = key
        }
        wire = start..<reader.offset
        guard wire.count <= EncryptionContext.largestEncoding else { throw .contextSize }
        isCanonical = ascending
    }
}
