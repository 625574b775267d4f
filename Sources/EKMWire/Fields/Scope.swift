/// What data belongs to, which decides the key that encrypts it. Ids are the same when their UTF-8 is, whatever Unicode says of them.
public enum Scope: Sendable {
    /// The data of one job: a data key of its own for each hour.
    case job(String)
    /// Credentials and settings of one connection of the platform.
    case connection(String)
    /// Trigger events.
    case event
    /// Log data.
    case log

    /// The most bytes that the id of a job or connection may have.
    public static let largestID = 512

    /// How many bytes a ciphertext has more than its plaintext.
    public var ciphertextOverhead: Int {
        switch self {
        case .job: 198
        case .connection, .event, .log: 110
        }
    }
}

extension Scope: Hashable {
    public static func == (a: Self, b: Self) -> Bool { a.kind == b.kind && a.idBytes.elementsEqual(b.idBytes) }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        for byte in idBytes { hasher.combine(byte) }
    }

    /// Swift compares texts by canonical equivalence; the daemon compares bytes.
    private var idBytes: String.UTF8View { (id ?? "").utf8 }
}

extension Scope {
    package var kind: ScopeKind {
        switch self {
        case .job: .job
        case .connection: .connection
        case .event: .event
        case .log: .log
        }
    }

    package var id: String? {
        switch self {
        case .job(let id), .connection(let id): id
        case .event, .log: nil
        }
    }

    /// The number of bytes that the scope takes on the wire.
    package var encodedSize: Int { 1 + (id.map { 2 + $0.utf8.count } ?? 0) }

    package func append(to bytes: inout [UInt8]) throws(WireError) {
        bytes.append(kind.rawValue)
        guard let id else { return }
        guard (1...Self.largestID).contains(id.utf8.count) else { throw .scopeID }
        try bytes.appendString16(id, "scope id")
    }
}
