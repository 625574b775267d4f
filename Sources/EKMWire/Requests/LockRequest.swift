/// Lock an environment, for a reason that whoever is refused reads.
package struct LockRequest: Equatable, Sendable {
    /// The most bytes of a reason.
    package static let largestReason = 1024

    package var environment: String
    package var reason: String

    package init(environment: String, reason: String) {
        self.environment = environment
        self.reason = reason
    }

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.copiedString8(in: fields, "environment")
        reason = try reader.copiedString16(in: fields, "reason")
        try reader.end(in: fields)
        try check()
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try check()
        try bytes.appendRequest(.lockEnvironment, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            try bytes.appendString16(reason, "reason")
        }
    }

    private func check() throws(WireError) {
        guard reason.utf8.count <= Self.largestReason else { throw .tooLong("reason", limit: Self.largestReason) }
    }
}
