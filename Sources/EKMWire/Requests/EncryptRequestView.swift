/// An encrypt or generate-data-key request where it stands in a frame: ranges of its fields, nothing copied or allocated.
package struct EncryptRequestView: Equatable, Sendable {
    package let environment: Range<Int>
    package let scope: ScopeField
    package let context: ContextField
    /// The plaintext; empty where a data key is asked for.
    package let plaintext: Range<Int>

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
