internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Which environment, and may they?
extension Worker {
    /// The gate's stages for what is answered on the loop: authorise, then find.
    func environment(named name: String?, for operation: Operation, _ connection: Connection) throws(WireError) -> LiveEnvironment {
        let target = try AnEnvironment(name ?? "")
        let need = operation.declaration?.need ?? .everything([])
        try service.authorizer.require(need, on: target.name, for: connection.peer)
        return try target.find(need, for: connection.peer, service)
    }

    func environment(_ id: EnvironmentID, for operation: Operation, _ connection: Connection) throws(WireError) -> LiveEnvironment {
        let need = operation.declaration?.need ?? .everything([])
        try service.authorizer.require(need, on: nil, for: connection.peer)
        return try EnvironmentOfCiphertext(id: id).find(need, for: connection.peer, service)
    }

    /// The key's cipher on this loop; nil if it was wiped meanwhile.
    func cipher(for key: CachedKey, _ moment: Moment) throws(WireError) -> CipherCache.Entry? {
        key.touch(moment.now)
        do throws(CryptographyError) { return try ciphers.entry(for: key, read: moment.read) } catch { throw WireError(error) }
    }

    /// Notes, once for a read, that the key was used: the least recently used go first where there is no more room.
    @inline(__always)
    func use(_ entry: CipherCache.Entry, _ moment: Moment) {
        guard entry.lastRead != moment.read else { return }
        entry.lastRead = moment.read
        entry.key.touch(moment.now)
    }

    @inline(__always)
    func secondsLeft(of key: CachedKey, at now: BootInstant) -> SecondsLeft {
        let deadline = key.deadline.nanoseconds
        return SecondsLeft(seconds: deadline > now.nanoseconds ? Int(clamping: (deadline - now.nanoseconds) / 1_000_000_000) : 0)
    }
}

extension EnvironmentName {
    /// A name that came in a frame.
    init(wire name: String) throws(WireError) {
        do throws(HierarchyError) { self = try EnvironmentName(name) } catch { throw WireError(error) }
    }
}

extension KeyHierarchy.Scope {
    /// The scope that a frame names; nil for any.
    init?(_ field: ScopeField, in fields: RawSpan) {
        switch field.scope(in: fields) {
        case .job(let id): self = .job(JobID(id))
        case .connection(let id): self = .connection(ConnectionID(id))
        case .event: self = .event
        case .log: self = .log
        case nil: return nil
        }
    }
}
