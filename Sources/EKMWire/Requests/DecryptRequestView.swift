/// A decrypt or open-data-key request where it stands in a frame: ranges of its fields, nothing copied or allocated.
package struct DecryptRequestView: Equatable, Sendable {
    /// The scope that is expected; kind 0 for any.
    package let expectedScope: ScopeField
    package let context: ContextField
    /// The ciphertext, or the wrapped data key.
    package let payload: Range<Int>

    /// Parses the fields of either request.
    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        expectedScope = try ScopeField(reading: &reader, in: fields, allowAny: true)
        context = try ContextField(reading: &reader, in: fields)
        payload = reader.rest(in: fields)
    }
}
