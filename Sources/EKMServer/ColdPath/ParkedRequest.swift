internal import Bedrock
internal import EKMWire

/// A request that waits for its key: a copy of its fields, since the read buffer is used again.
struct ParkedRequest {
    let header: FrameHeader
    let fields: WipedBytes
    let connection: Connection
    /// How often it was parked before.
    let attempt: Int

    func endWaiting() { connection.endWaiting(header, fields.count) }
}
