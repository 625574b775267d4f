internal import EKMWire
internal import KeyHierarchy

/// What a batch asks for, read from its fields.
struct ParsedBatch: NamesEnvironment {
    let environment: String
    let scope: KeyHierarchy.Scope?
    let context: [UInt8]
    let items: [Range<Int>]
    /// The most bytes that may follow the length of a frame which brings an item back.
    let limit: Int
    /// All of that but the item.
    let shared: Int

    init(_ fields: RawSpan, _ limits: ServerLimits, allowAny: Bool) throws(WireError) {
        let view = try BatchRequestView(parsing: fields, allowAny: allowAny)
        environment = fields.string(view.environment) ?? ""
        scope = KeyHierarchy.Scope(view.scope, in: fields)
        context = try EncryptionContext(view.context, in: fields).canonicalBytes
        items = view.items
        limit = limits.frame
        shared = FrameHeader.size + view.context.wire.upperBound - 1 - environment.utf8.count
    }
}
