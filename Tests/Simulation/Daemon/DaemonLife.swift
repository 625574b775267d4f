import Cryptography
import KeyHierarchy
import Keyring
import MainKeys
import Upkeep

/// One life of the daemon: from a start over what the store holds until it dies, put together as `ekmd` does it.
///
/// Together with its neighbours in this folder it is all of the simulation that knows the daemon's API.
/// Sendable although it has no lock: only the simulating thread ever touches it.
final class DaemonLife: @unchecked Sendable {
    let pulse = Pulse()
    let clocks: SimClocks
    private let assembly: Assembly
    let executor: SimExecutor
    var ciphers = WarmCiphers()

    /// - Parameters:
    ///   - base: what outlives the daemon.
    ///   - told: gets what the daemon tells, as long as it lives.
    init(over base: DaemonBase, _ box: StoreBox, world: DaemonWorld, settings: DaemonSettings, told: @escaping (Told) -> Void) {
        clocks = world.clocks
        executor = world.executor
        let (clock, wallClock) = (DaemonBootClock(clocks: world.clocks), DaemonWallClock(clocks: world.clocks))
        let observers = KeyringObservers()
        let provider = DaemonMainKeys(
            kms: world.kms, local: MaterialProvider(root: base.root, clock: clock), clock: clock, pulse: pulse)
        assembly = Assembly(
            store: WeatheredStore(box: box, isOnDisk: base.kind == .sqlite, weather: world.weather, executor: world.executor, pulse: pulse),
            provider: provider,
            root: base.root, settings: KeyringSettings(settings), clock: clock, wallClock: wallClock,
            clockFacts: DaemonClockFacts(clocks: world.clocks), observers: observers)
        let listener = Listener(told: told)
        observers.add { [weak self] event in
            guard let self, pulse.isAlive else { return }
            if let told = Told(event) { listener.told(told) }
            if case .dropped(let environment) = event { Task { self.ciphers.drop(environment.description) } }
        }
        hierarchies.keeper.onDropCiphers { [weak self] environment in
            await Task { self?.ciphers.drop(environment.description) }.value
        }
    }

    var hierarchies: Hierarchies { assembly.hierarchies }
    /// Why the start was refused.
    private(set) var refusal: String?

    /// Sendable although its closure is not: only the simulating thread ever touches it.
    private struct Listener: @unchecked Sendable {
        let told: (Told) -> Void
    }

    /// - Returns: the environments that there are, by id; nil where the start was refused.
    func start() async -> [(id: String, name: String)]? {
        do { try await assembly.load() } catch {
            refusal = error.message
            return nil
        }
        guard pulse.isAlive else { return nil }
        assembly.start()
        return hierarchies.keyring.environments.map { ($0.identity.id.description, $0.identity.name.description) }
    }

    /// What the daemon's timers do, when their time may have come.
    func tick() async {
        await assembly.tick()
    }

    /// Memory is gone; nothing that is still under way reaches the store, the KMS or anybody who waits.
    func die() {
        pulse.isAlive = false
        assembly.stop()
    }

    /// After all of its tasks have ended.
    func wipe() {
        hierarchies.wipeAll()
        ciphers = WarmCiphers()
    }

    // MARK: For the operations

    func environment(_ name: String) throws(Refusal) -> LiveEnvironment {
        let parsed: EnvironmentName
        do { parsed = try EnvironmentName(name) } catch { throw Refusal(error) }
        guard let environment = hierarchies.keyring.environment(parsed) else { throw Refusal(.unknown(name)) }
        return environment
    }

    /// Runs a request, whose answer nobody gets once the daemon is dead.
    func request<R: Sendable>(_ body: () async throws(HierarchyError) -> R) async throws(Refusal) -> R {
        guard pulse.isAlive else { throw .died }
        do {
            let result = try await body()
            guard pulse.isAlive else { throw Refusal.died }
            return result
        } catch {
            guard pulse.isAlive else { throw Refusal.died }
            if let refusal = error as? Refusal { throw refusal }
            guard let error = error as? HierarchyError else { throw Refusal(code: "strange", message: "\(error)", meaning: .unknown) }
            throw Refusal(error)
        }
    }

    func use(until deadline: BootInstant) -> DaemonAnswer.Use {
        DaemonAnswer.Use(at: clocks.now, until: clocks.time(ofBoot: deadline.nanoseconds))
    }
}

extension HierarchyError {
    fileprivate static func unknown(_ name: String) -> Self {
        Self(.unknownEnvironment, "There is no environment \(name) here.", remedy: "")
    }
}

extension Refusal {
    init(_ error: HierarchyError) {
        self.init(
            code: "\(error.code.value)", message: error.message,
            meaning: error.code == .storeFailed || error.code == .receiptDue ? .unknown : .refused)
    }

    init(_ error: KeyStoreError) { self.init(code: "storeFailed", message: error.message, meaning: .unknown) }
}

extension Told {
    init?(_ event: KeyringEvent) {
        switch event {
        case .verdict(_, _, isInForce: false): return nil
        case .verdict(let identity, let record, isInForce: true):
            self = .verdict(
                environment: identity.id.description, denies: record.verdict.wipes || record.verdict == .restricted,
                wipes: record.verdict.wipes)
        case .adopted(let identity, let version, let cause):
            self = .adopted(environment: identity.id.description, version: version.number, isReplacement: cause == .replacement)
        case .repacked(let identity, let version): self = .repacked(environment: identity.id.description, version: version.number)
        case .damaged(let identity, let what): self = .damaged(environment: identity.id.description, what)
        case .warning(let identity, let sentence) where sentence.contains("waited for its grant is given up"):
            self = .givenUp(environment: identity.id.description)
        case .deadlineMoved, .dropped, .repackDue, .repackEnded, .warning, .clock, .purged: return nil
        }
    }
}
