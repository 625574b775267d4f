/// A freshly generated data key where it stands in an answer: wrapped, and bare.
package struct DataKeyAnswerView: Equatable, Sendable {
    /// The size of a data key, in bytes.
    package static let keySize = 32

    package let wrapped: Range<Int>
    package let key: Range<Int>

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        wrapped = try reader.bytes32(in: fields, "wrapped key")
        key = try reader.bytes(Self.keySize, in: fields, "data key")
        try reader.end(in: fields)
    }

    /// The size of the answer's fields for a wrapped key of `wrappedSize` bytes: `u32` length, wrapped key, key.
    package static func fieldsSize(wrappedSize: Int) -> Int { 4 + wrappedSize + keySize }
}
