/// What the daemon answers to a hello.
package struct HelloAnswer: Equatable, Sendable {
    /// The version that both sides speak from now on.
    package var version: UInt16
    /// The most bytes that may follow a frame's length.
    package var largestFrame: UInt32
    /// The version of the daemon, for a person.
    package var serverVersion: String

    package init(version: UInt16, largestFrame: UInt32, serverVersion: String) {
        self.version = version
        self.largestFrame = largestFrame
        self.serverVersion = serverVersion
    }

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        version = try reader.u16(in: fields, "version")
        largestFrame = try reader.u32(in: fields, "largest frame")
        serverVersion = try reader.copiedString8(in: fields, "server version")
        try reader.end(in: fields)
    }

    /// The fields of the answer.
    package func encode() throws(WireError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(version)
        bytes.appendBigEndian(largestFrame)
        try bytes.appendString8(serverVersion, "server version")
        return bytes
    }
}
