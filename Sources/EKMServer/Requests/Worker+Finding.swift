internal import Cryptography
internal import EKMWire
internal import KeyHierarchy

/// Which environment, and may they?
extension Worker {
    /// What the environment of a request's name may be used for; asked before it is told whether there is such an environment.
    func environment(named name: String?, _ permission: Permission, for connection: Connection) throws(WireError) -> LiveEnvironment {
        let name = try EnvironmentName(wire: name ?? "")
        try service.authorizer.require(permission, on: name, for: connection.peer)
        return try service.environment(name)
    }

    func environment(_ id: EnvironmentID, _ permission: Permission, for connection: Connection) throws(WireError) -> LiveEnvironment {
        let environment = try service.environment(id)
        try service.authorizer.require(permission, on: environment.identity.name, for: connection.peer)
        return environment
    }

    /// The key's contexts on this loop; nil if it was wiped meanwhile.
    func cipher(for key: CachedKey) throws(WireError) -> CipherCache.Entry? {
        do throws(CryptographyError) { return try ciphers.entry(for: key, read: read) } catch { throw WireError(error) }
    }

    @inline(__always)
    func secondsLeft(of environment: LiveEnvironment) -> SecondsLeft {
        let deadline = environment.deadline.nanoseconds
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
        case .job(let id): self = .job(id)
        case .connection(let id): self = .connection(id)
        case .event: self = .event
        case .log: self = .log
        case nil: return nil
        }
    }
}
