/// The first request of a connection: which versions the client speaks.
package struct HelloRequest: Equatable, Sendable {
    package var lowestVersion: UInt16
    package var highestVersion: UInt16
    package var client: String

    package init(lowestVersion: UInt16 = ProtocolVersion.lowest, highestVersion: UInt16 = ProtocolVersion.highest, client: String) {
        self.lowestVersion = lowestVersion
        self.highestVersion = highestVersion
        self.client = client
    }

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        lowestVersion = try reader.u16(in: fields, "lowest version")
        highestVersion = try reader.u16(in: fields, "highest version")
        client = try reader.copiedString8(in: fields, "client name")
        try reader.end(in: fields)
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(.hello, requestID: requestID) { (bytes) throws(WireError) in
            bytes.appendBigEndian(lowestVersion)
            bytes.appendBigEndian(highestVersion)
            try bytes.appendString8(client, "client name")
        }
    }
}
