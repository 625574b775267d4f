internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// What all event loops share.
final class Service: Sendable {
    let hierarchies: Hierarchies
    let root: RootKey
    let authorizer: Authorizer
    let limits: ServerLimits
    let daemon: DaemonFacts
    let clock: any BootClock
    let wallClock: any WallClock
    let connections: ConnectionCount
    let startedAt: WallTime
    let began: BootInstant
    private let figures: Lock<LoopFigures?> = Lock(nil)

    init(
        hierarchies: Hierarchies, root: RootKey, authorizer: Authorizer, limits: ServerLimits, daemon: DaemonFacts, clock: any BootClock,
        wallClock: any WallClock
    ) {
        self.hierarchies = hierarchies
        self.root = root
        self.authorizer = authorizer
        self.limits = limits
        self.daemon = daemon
        self.clock = clock
        self.wallClock = wallClock
        connections = ConnectionCount(limit: limits.connections)
        startedAt = wallClock.now
        began = clock.now
    }

    /// How many bytes of one connection's requests may wait for keys.
    var mostWaitingBytes: Int { max(8 << 20, 4 * limits.frame) }

    func environment(_ name: EnvironmentName) throws(WireError) -> LiveEnvironment {
        guard let environment = hierarchies.keyring.environment(name) else {
            throw WireError(
                .unknownEnvironment, "There is no environment \(name) here.",
                remedy: "See `ekmctl env list`, or create it with `ekmctl env create \(name)`.")
        }
        return environment
    }

    /// The environment that a ciphertext names, for what the peer may do there.
    /// - Throws: the same whether it is not here, or here and not granted: whoever may not learns neither that it is, nor its name.
    func environment(_ id: EnvironmentID, _ permission: Permission, for peer: Peer) throws(WireError) -> LiveEnvironment {
        try authorizer.requireAnywhere(permission, for: peer)
        guard let environment = hierarchies.keyring.environment(id),
            authorizer.allows([permission], on: environment.identity.name, to: peer)
        else {
            throw WireError(
                .unknownEnvironment,
                "This was encrypted in an environment that is not, or no longer, on this daemon, or for which nothing grants you \(permission.rawValue).",
                remedy:
                    "Decrypt it on the daemon that has its environment, or ask for the grant; what a deleted environment encrypted is gone."
            )
        }
        return environment
    }

    /// Requests of all loops.
    func requestCounts() async -> RequestCounts { await figures.withLock { $0 }?.requests() ?? RequestCounts() }

    /// How many ciphers all loops hold, by environment.
    func cipherCounts() async -> [EnvironmentID: Int] { await figures.withLock { $0 }?.ciphers() ?? [:] }

    func count(with figures: LoopFigures) { self.figures.withLock { $0 = figures } }
}
