/// A request that names one environment and nothing else: show it or its main key, pause its repack, unlock it. To diagnose, the name may be
/// empty.
package struct EnvironmentRequest: Equatable, Sendable {
    package var operation: Operation
    package var environment: String

    package init(_ operation: Operation, environment: String) {
        self.operation = operation
        self.environment = environment
    }

    package init(_ operation: Operation, parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        self.operation = operation
        environment = try reader.copiedString8(in: fields, "environment")
        try reader.end(in: fields)
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(operation, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
        }
    }
}
