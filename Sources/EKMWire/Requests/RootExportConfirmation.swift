/// Confirm that a copy of the root key was taken, by the id of the key in the copy, in hex.
package struct RootExportConfirmation: Equatable, Sendable {
    package var rootKey: String

    package init(rootKey: String) { self.rootKey = rootKey }

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        rootKey = try reader.copiedString8(in: fields, "root key")
        try reader.end(in: fields)
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(.confirmRootExport, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(rootKey, "root key")
        }
    }
}
