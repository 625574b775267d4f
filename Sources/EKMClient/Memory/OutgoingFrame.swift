internal import Bedrock
internal import EKMWire

/// A request on its way out, which may hold plaintext: wiped when the last holder lets go of it.
final class OutgoingFrame: @unchecked Sendable {
    let operation: Operation
    let requestID: UInt32
    // Safe to share: written by `init` and `deinit` alone.
    private(set) var bytes: [UInt8]

    init(_ operation: Operation, requestID: UInt32, encode: (inout [UInt8], UInt32) throws(WireError) -> Void) throws(EKMClientError) {
        self.operation = operation
        self.requestID = requestID
        bytes = []
        do throws(WireError) {
            try encode(&bytes, requestID)
        } catch {
            bytes.wipe()
            throw EKMClientError(.invalidRequest, error)
        }
    }

    deinit { bytes.wipe() }
}
