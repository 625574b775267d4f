/// Show one receipt, by its id in hex.
package struct ReceiptRequest: Equatable, Sendable {
    package var id: String

    package init(id: String) { self.id = id }

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        id = try reader.copiedString8(in: fields, "receipt")
        try reader.end(in: fields)
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(.showReceipt, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(id, "receipt")
        }
    }
}
