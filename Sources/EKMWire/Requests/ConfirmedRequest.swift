/// What cannot be undone, with the environment's name typed a second time: delete an environment, withdraw its material.
package struct ConfirmedRequest: Equatable, Sendable {
    package var operation: Operation
    package var environment: String
    package var confirmation: String

    package init(_ operation: Operation, environment: String, confirmation: String) {
        self.operation = operation
        self.environment = environment
        self.confirmation = confirmation
    }

    package init(_ operation: Operation, parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        self.operation = operation
        environment = try reader.copiedString8(in: fields, "environment")
        confirmation = try reader.copiedString8(in: fields, "confirmation")
        try reader.end(in: fields)
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(operation, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            try bytes.appendString8(confirmation, "confirmation")
        }
    }
}
