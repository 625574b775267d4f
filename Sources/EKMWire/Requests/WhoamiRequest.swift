/// What may I do? Or, for who administers everything: what may another user do?
package struct WhoamiRequest: Equatable, Sendable {
    /// Empty for all that is granted.
    package var environment: String
    /// Nil for who asks.
    package var user: UInt32?

    package init(environment: String = "", user: UInt32? = nil) {
        self.environment = environment
        self.user = user
    }

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.copiedString8(in: fields, "environment")
        switch try reader.u8(in: fields, "whether a user is named") {
        case 0: user = nil
        case 1: user = try reader.u32(in: fields, "user")
        default: throw .unknownValue("whether a user is named")
        }
        try reader.end(in: fields)
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(.whoami, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            bytes.append(user == nil ? 0 : 1)
            if let user { bytes.appendBigEndian(user) }
        }
    }
}
