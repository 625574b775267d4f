internal import Bedrock
package import Cryptography

/// Gathers what an erasure took, page by page, and makes its receipt.
package struct ReceiptBuilder {
    private static let purged =
        "All wraps of these keys, and so of the data keys under them, were deleted from the store, overwritten in its file, and purged from its write-ahead log before this receipt was signed; plaintext keys in the daemon's memory were wiped."
    private static let doesNotCover = [
        "Copies of the store that were made before: backups, snapshots, replicas.",
        "Copies of the environment key that the main key wraps: together with a copy of the store they open what stands in it, as long as the main key can be used.",
        "Plaintext that clients decrypted, and data keys that were lent to them.",
        "Blocks that the storage device keeps behind the file system, for instance those that an SSD has remapped.",
    ]

    private var keys = Receipt.Keys(hourly: 0, connection: 0, log: 0, digest: "", listed: [])
    private var hours: ClosedRange<Hour>?
    private var ids: [UInt8] = []

    package init() {}

    /// Takes a page of tombstones; pages come sorted by key.
    package mutating func add(_ tombstones: [Tombstone]) {
        for tombstone in tombstones {
            switch tombstone.kind {
            case .connection: keys.connection += 1
            case .log: keys.log += 1
            default: keys.hourly += 1
            }
            if let hour = tombstone.hour { hours = hours.map { min($0.lowerBound, hour)...max($0.upperBound, hour) } ?? hour...hour }
            let id = tombstone.key.description
            ids += id.utf8
            ids.append(UInt8(ascii: "\n"))
            guard keys.listed.count < Receipt.mostListed else { continue }
            keys.listed.append(Receipt.Key(id: id, kind: tombstone.kind.name, hour: tombstone.hour?.start.description))
        }
    }

    package consuming func receipt(
        for erasure: ErasureRecord, of environment: EnvironmentIdentity, by key: VerifyingKey, at finishedAt: WallTime, inDoubt: Bool
    ) -> Receipt {
        keys.digest = unsafe Hex.text(of: SHA256.hash(ids.span.bytes))
        keys.firstHour = hours?.lowerBound.start.description
        keys.lastHour = hours?.upperBound.start.description
        return Receipt(
            type: Receipt.type, version: Receipt.version, receipt: erasure.id.description, publicKey: Base64.text(of: key.bytes),
            environment: Receipt.Environment(id: environment.id.description, name: environment.name.description),
            subject: Receipt.Subject(erasure.subject), cause: erasure.cause.name, clock: inDoubt ? "in doubt" : "believed",
            startedAt: erasure.startedAt.description, finishedAt: finishedAt.description, keys: keys, purged: Self.purged,
            doesNotCover: Self.doesNotCover)
    }
}

extension Receipt.Subject {
    fileprivate init(_ subject: ErasureRecord.Subject) {
        switch subject {
        case .before(let time): self.init(kind: "hours", before: time.description)
        case .connection(let id): self.init(kind: "connection", connection: id.text)
        case .logs(let time): self.init(kind: "logs", before: time.description)
        }
    }
}

extension ErasureRecord.Cause {
    fileprivate var name: String {
        switch self {
        case .command: "command"
        case .retention: "retention"
        }
    }
}

extension KeyKind {
    fileprivate var name: String {
        switch self {
        case .hourly: "hourly"
        case .connection: "connection"
        case .log: "log"
        case .data: "data"
        case .lent: "lent"
        }
    }
}
