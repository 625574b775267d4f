/// Many plaintexts or ciphertexts under one environment, scope and context.
package struct BatchRequest: Equatable, Sendable {
    /// The most items.
    package static let largest = 1_024

    package var environment: String
    /// For decrypt, the scope that is expected; nil for any.
    package var scope: Scope?
    package var context: EncryptionContext

    package init(environment: String, scope: Scope?, context: EncryptionContext = EncryptionContext()) {
        self.environment = environment
        self.scope = scope
        self.context = context
    }

    /// Appends the request. The array grows at most once, before the items enter it.
    package func encode(
        _ operation: Operation, items: [[UInt8]], into bytes: inout [UInt8], requestID: UInt32
    ) throws(WireError) {
        guard (1...Self.largest).contains(items.count) else { throw .batchCount }
        let size = items.reduce(3 + environment.utf8.count + (scope?.encodedSize ?? 1) + context.encodedSize) { $0 + 4 + $1.count }
        try bytes.appendRequest(operation, requestID: requestID, capacity: size) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            if let scope { try scope.append(to: &bytes) } else { bytes.append(0) }
            context.append(to: &bytes)
            bytes.appendBigEndian(UInt16(items.count))
            for item in items {
                bytes.appendBigEndian(UInt32(item.count))
                bytes.append(contentsOf: item)
            }
        }
    }
}

/// A batch where it stands in a frame: ranges of its fields, nothing copied.
package struct BatchRequestView: Equatable, Sendable {
    package let environment: Range<Int>
    package let scope: ScopeField
    package let context: ContextField
    package let items: [Range<Int>]

    /// - Parameter allowAny: whether the scope may be left open.
    package init(parsing fields: RawSpan, allowAny: Bool) throws(WireError) {
        var reader = WireReader()
        environment = try reader.string8(in: fields, "environment")
        scope = try ScopeField(reading: &reader, in: fields, allowAny: allowAny)
        context = try ContextField(reading: &reader, in: fields)
        let count = Int(try reader.u16(in: fields, "count"))
        guard (1...BatchRequest.largest).contains(count) else { throw .batchCount }
        var items: [Range<Int>] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try reader.bytes32(in: fields, "item")) }
        try reader.end(in: fields)
        self.items = items
    }
}
