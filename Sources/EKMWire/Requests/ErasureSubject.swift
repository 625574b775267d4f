/// What is to be erased on demand. Connections are the same when their UTF-8 is, whatever Unicode says of them.
public enum ErasureSubject: Sendable {
    /// Hourly keys whose hour ended at or before that time, in seconds since 1970.
    case before(unixSeconds: UInt64)
    /// Every version of a connection's key.
    case connection(String)
    /// Versions of the log key that a newer one had followed by then, in seconds since 1970.
    case logs(beforeUnixSeconds: UInt64)
}

extension ErasureSubject: Hashable {
    public static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.before(let a), .before(let b)), (.logs(let a), .logs(let b)): a == b
        // Swift compares texts by canonical equivalence; the daemon compares bytes.
        case (.connection(let a), .connection(let b)): a.utf8.elementsEqual(b.utf8)
        case (.before, _), (.connection, _), (.logs, _): false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .before(let seconds):
            hasher.combine(Self.beforeKind)
            hasher.combine(seconds)
        case .connection(let id):
            hasher.combine(Self.connectionKind)
            for byte in id.utf8 { hasher.combine(byte) }
        case .logs(let seconds):
            hasher.combine(Self.logsKind)
            hasher.combine(seconds)
        }
    }
}

extension ErasureSubject {
    private static let beforeKind: UInt8 = 1
    private static let connectionKind: UInt8 = 2
    private static let logsKind: UInt8 = 3

    init(reading reader: inout WireReader, in fields: RawSpan) throws(WireError) {
        switch try reader.u8(in: fields, "subject") {
        case Self.beforeKind: self = .before(unixSeconds: try reader.u64(in: fields, "time"))
        case Self.connectionKind:
            self = .connection(try reader.copiedString16(in: fields, "connection"))
            try check()
        case Self.logsKind: self = .logs(beforeUnixSeconds: try reader.u64(in: fields, "time"))
        default: throw .unknownValue("subject")
        }
    }

    func append(to bytes: inout [UInt8]) throws(WireError) {
        try check()
        switch self {
        case .before(let seconds):
            bytes.append(Self.beforeKind)
            bytes.appendBigEndian(seconds)
        case .connection(let id):
            bytes.append(Self.connectionKind)
            try bytes.appendString16(id, "connection")
        case .logs(let seconds):
            bytes.append(Self.logsKind)
            bytes.appendBigEndian(seconds)
        }
    }

    private func check() throws(WireError) {
        if case .connection(let id) = self, !(1...Scope.largestID).contains(id.utf8.count) { throw .scopeID }
    }
}
