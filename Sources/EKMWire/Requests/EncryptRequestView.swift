/// An encrypt or generate-data-key request where it stands in a frame: ranges of its fields, nothing copied or allocated.
package struct EncryptRequestView: Equatable, Sendable {
    package let environment: Range<Int>
    package let scope: ScopeField
    package let context: ContextField
    /// The plaintext; empty where a data key is asked for.
    package let plaintext: Range<Int>

    /// How large a frame is that brings a ciphertext back with the scope and the context of the request: all of the request but the
    /// environment's name, and what a ciphertext has more.
    /// - Parameter fields: those of a request that was parsed.
    @inlinable
    package static func sizeOfWayBack(_ fields: RawSpan, overhead: Int) -> Int {
        FrameHeader.size + fields.byteCount - 1 - Int(unsafe fields.unsafeLoad(fromByteOffset: 0, as: UInt8.self)) + overhead
    }

    /// Parses the fields of an encrypt request.
    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.string8(in: fields, "environment")
        scope = try ScopeField(reading: &reader, in: fields, allowAny: false)
        context = try ContextField(reading: &reader, in: fields)
        plaintext = reader.rest(in: fields)
    }

    /// Parses the fields of a request to generate a data key: the same, with nothing behind them.
    package init(parsingGenerateDataKey fields: RawSpan) throws(WireError) {
        try self.init(parsing: fields)
        guard plaintext.isEmpty else { throw .trailingBytes }
    }
}
