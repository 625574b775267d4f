internal import Bedrock
internal import EKMWire

/// The results of a batch, one after the other, in a buffer that is wiped.
struct BatchResults: ~Copyable {
    private var parts: [WipedBytes] = []
    private var size = 2

    mutating func add(_ result: Result<WipedBytes, WireError>) {
        let part: WipedBytes
        switch result {
        case .success(let bytes):
            part = WipedBytes(capacity: BatchAnswer.size(ofBytes: bytes.count)) { output in
                output.appendBigEndian(UInt16(0))
                output.appendBigEndian(UInt32(bytes.count))
                bytes.withBytes { output.append($0) }
            }
        case .failure(let error):
            part = WipedBytes(capacity: BatchAnswer.size(of: error)) { BatchAnswer.append(error, to: &$0) }
        }
        parts.append(part)
        size += part.count
    }

    func fields() -> WipedBytes {
        WipedBytes(capacity: size) { output in
            output.appendBigEndian(UInt16(parts.count))
            for part in parts { part.withBytes { output.append($0) } }
        }
    }
}
