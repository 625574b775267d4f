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
    let connections: ConnectionRoster
    let memory: MemoryBudget
    let admission = Admission()
    let recorder: any GateRecorder = NoRecorder()
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
        connections = ConnectionRoster(limit: limits.connections)
        memory = MemoryBudget(limits.memory)
        startedAt = wallClock.now
        began = clock.now
    }

    /// How many bytes of one connection's requests may wait for keys.
    var mostWaitingBytes: Int { max(8 << 20, 4 * limits.frame) }

    /// Requests of all loops.
    func requestCounts() async -> RequestCounts { await figures.withLock { $0 }?.requests() ?? RequestCounts() }

    /// How many ciphers all loops hold, by environment.
    func cipherCounts() async -> [EnvironmentID: Int] { await figures.withLock { $0 }?.ciphers() ?? [:] }

    func count(with figures: LoopFigures) { self.figures.withLock { $0 = figures } }
}
