internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// What a batch asks for, read from its fields.
struct ParsedBatch: NamesEnvironment {
    let environment: String
    let scope: KeyHierarchy.Scope?
    let context: [UInt8]
    let items: [Range<Int>]
    /// The most bytes that may follow the length of a frame which brings an item back.
    let limit: Int
    /// All of that but the item.
    let shared: Int

    init(_ fields: RawSpan, _ limits: ServerLimits, allowAny: Bool) throws(WireError) {
        let view = try BatchRequestView(parsing: fields, allowAny: allowAny)
        environment = fields.string(view.environment) ?? ""
        scope = KeyHierarchy.Scope(view.scope, in: fields)
        context = try EncryptionContext(view.context, in: fields).canonicalBytes
        items = view.items
        limit = limits.frame
        shared = FrameHeader.size + view.context.wire.upperBound - 1 - environment.utf8.count
    }
}

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
