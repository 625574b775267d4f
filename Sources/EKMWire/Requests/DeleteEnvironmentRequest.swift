/// Delete an environment, with its name typed a second time.
package struct DeleteEnvironmentRequest: Equatable, Sendable {
    package var environment: String
    package var confirmation: String

    package init(environment: String, confirmation: String) {
        self.environment = environment
        self.confirmation = confirmation
    }

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.copiedString8(in: fields, "environment")
        confirmation = try reader.copiedString8(in: fields, "confirmation")
        try reader.end(in: fields)
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(.deleteEnvironment, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            try bytes.appendString8(confirmation, "confirmation")
        }
    }
}
