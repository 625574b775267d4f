/// A scope where it stands in a frame: its kind, and the range of its id.
package struct ScopeField: Hashable, Sendable {
    package let kind: ScopeKind
    /// Where the id stands; empty where the kind has none.
    package let id: Range<Int>

    /// - Parameter allowAny: whether kind 0 is allowed, as it is where a scope is expected.
    package init(reading reader: inout WireReader, in bytes: RawSpan, allowAny: Bool) throws(WireError) {
        kind = ScopeKind(rawValue: try reader.u8(in: bytes, "scope"))
        guard kind.rawValue <= ScopeKind.log.rawValue, allowAny || kind != .any else { throw .scopeKind }
        guard kind.hasID else {
            id = reader.offset..<reader.offset
            return
        }
        id = try reader.string16(in: bytes, "scope id")
        guard (1...Scope.largestID).contains(id.count) else { throw .scopeID }
    }

    /// The scope, copied out of the frame; nil for any.
    package func scope(in bytes: RawSpan) -> Scope? {
        switch kind {
        case .job: .job(bytes.string(id) ?? "")
        case .connection: .connection(bytes.string(id) ?? "")
        case .event: .event
        case .log: .log
        default: nil
        }
    }
}
