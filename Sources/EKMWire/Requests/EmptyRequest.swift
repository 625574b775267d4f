/// A request without fields: ping, status, the clock.
package struct EmptyRequest: Equatable, Sendable {
    package var operation: Operation

    package init(_ operation: Operation) { self.operation = operation }

    /// Refuses fields where there should be none.
    package init(_ operation: Operation, parsing fields: RawSpan) throws(WireError) {
        try WireReader().end(in: fields)
        self.operation = operation
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(operation, requestID: requestID)
    }
}
