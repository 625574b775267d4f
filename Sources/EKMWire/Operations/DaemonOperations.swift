/// The connection, and the daemon itself.
extension Operation {
    package static let hello = Operation(rawValue: 1)
    package static let ping = Operation(rawValue: 2)
    package static let status = Operation(rawValue: 20)
    package static let rootExport = Operation(rawValue: 21)
    package static let confirmRootExport = Operation(rawValue: 24)
    package static let whoami = Operation(rawValue: 59)
}

extension OperationDeclaration {
    static let daemon = [
        Self(
            .hello, "hello", request: "u16 lowest version, u16 highest version, string8 client name",
            answer: "u16 version, u32 largest frame, string8 daemon version", needs: .nothing, costs: .warm, records: .nothing),
        Self(.ping, "ping", needs: .nothing, costs: .warm, records: .nothing),
        Self(.status, "status", answer: "rest status report, JSON", needs: .anywhere([.status, .admin]), costs: .store, records: .nothing),
        Self(
            .rootExport, "root-export", answer: "rest root key (32 bytes)", needs: .everything([.admin]), costs: .store, records: .changes),
        Self(
            .confirmRootExport, "confirm-root-export", request: "string8 id of the root key, in hex", needs: .everything([.admin]),
            costs: .store, records: .changes),
        Self(
            .whoami, "whoami", request: "string8 environment, empty for all; u8 0 for who asks, or 1 and a u32 uid",
            answer: "rest permissions report, JSON", needs: .nothing, costs: .store, records: .nothing),
    ]
}
