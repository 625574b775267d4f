/// Some of the environments, by name.
package struct EnvironmentPageRequest: Equatable, Sendable {
    /// The most that a page has.
    package static let largest: UInt16 = 1_000

    /// The name to go on behind; empty for the first page.
    package var after: String
    /// A pattern over names; empty for all.
    package var pattern: String
    /// Empty for all.
    package var state: String
    /// The kind of the main key; empty for all.
    package var kind: String
    /// 1 to 1,000.
    package var most: UInt16

    package init(after: String = "", pattern: String = "", state: String = "", kind: String = "", most: UInt16 = largest) {
        self.after = after
        self.pattern = pattern
        self.state = state
        self.kind = kind
        self.most = most
    }

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        after = try reader.copiedString8(in: fields, "name to go on behind")
        pattern = try reader.copiedString8(in: fields, "pattern")
        state = try reader.copiedString8(in: fields, "state")
        kind = try reader.copiedString8(in: fields, "kind")
        most = try reader.u16(in: fields, "most")
        try reader.end(in: fields)
        guard (1...Self.largest).contains(most) else { throw .unknownValue("most") }
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(.pageEnvironments, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(after, "name to go on behind")
            try bytes.appendString8(pattern, "pattern")
            try bytes.appendString8(state, "state")
            try bytes.appendString8(kind, "kind")
            bytes.appendBigEndian(most)
        }
    }
}
