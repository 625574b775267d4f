internal import Cryptography

/// Every environment's key hierarchy, as far as it is in memory, and the way to fetch the rest.
///
/// The warm path asks a `LiveEnvironment`; what is not there is fetched here: one store read and at most one
/// call to the main key for all who wait for the same key.
package final class Keyring: Sendable {
    let store: any KeyStore
    let provider: any MainKeyProvider
    package let root: RootKey
    let clock: any BootClock
    let wallClock: any WallClock
    /// Whether the wall clock is believed.
    package let clockJudge: ClockJudge
    /// As it was told last.
    let toldClock = Lock(ClockWatch.State.believed)
    private let contexts = Lock<ContextDrop?>(nil)
    /// Erasures that are under way.
    let erasing = Lock<Set<ErasureID>>([])
    let purge = Lock<Purge?>(nil)
    let pacer = Pacer()
    let polls = Lock<[PollTarget: PollResult]>([:])
    private let observer: @Sendable (Event) -> Void
    private let directory: Lock<Directory>
    private let currentSettings: Lock<KeyringSettings>

    /// What those around the keyring must know.
    package enum Event: Sendable {
        /// Nothing of the environment may be used after the instant.
        case proved(EnvironmentID, until: BootInstant)
        /// Its keys are gone from the keyring; whoever keeps contexts made of them must drop these now.
        case wiped(EnvironmentID)
        /// Some of its keys are gone, others live on: contexts must be dropped, and are made again for those that live.
        case dropped(EnvironmentID)
        /// Its environment key has a new version; a repack moves the keys.
        case adopted(EnvironmentIdentity, EnvironmentKeyVersion, RepackRecord.Cause)
        /// A repack was begun, resumed, or may go on.
        case repackDue(EnvironmentID)
        case repacked(EnvironmentIdentity, EnvironmentKeyVersion)
        /// Something to look at, in whole sentences; said once for as long as it lasts.
        case warning(EnvironmentIdentity, String)
        case verdict(EnvironmentIdentity, VerdictRecord)
        case damaged(EnvironmentIdentity, String)
        /// What was destroyed since then is out of the store's file and log.
        case purged(since: WallTime)
        /// Whether the wall clock is believed; told when that changes.
        case clock(ClockWatch.State)
    }

    /// A type of its own: a function that stands in a generic lock by itself is wrapped once more at each look at it, for ever.
    private struct ContextDrop {
        let perform: @Sendable (EnvironmentID) async -> Void
    }

    private struct Directory {
        var byName: [EnvironmentName: LiveEnvironment] = [:]
        var byID: [EnvironmentID: LiveEnvironment] = [:]
    }

    package init(
        store: any KeyStore, provider: any MainKeyProvider, root: RootKey, settings: KeyringSettings = KeyringSettings(),
        clock: any BootClock = SystemBootClock(), wallClock: any WallClock = SystemWallClock(),
        clockFacts: any ClockFacts = SystemClockFacts(), observer: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.store = store
        self.provider = provider
        self.root = root
        self.clock = clock
        self.wallClock = wallClock
        clockJudge = ClockJudge(store: store, clock: clock, wallClock: wallClock, facts: clockFacts)
        self.observer = observer
        directory = Lock(Directory())
        currentSettings = Lock(settings)
    }

    /// Reads the environments, but none of their keys. Call once, before anything else.
    package func load() async throws(KeyStoreError) {
        try await clockJudge.load()
        let records = try await store.environments()
        for record in records { add(LiveEnvironment(record)) }
        for record in records {
            if let damage = record.damage { observer(.damaged(record.identity, damage)) }
        }
    }

    package var settings: KeyringSettings { currentSettings.withLock { $0 } }

    /// What is cached keeps the deadline that it has, or the new one if that is earlier.
    package func apply(_ settings: KeyringSettings) { currentSettings.withLock { $0 = settings } }

    // MARK: Environments

    package func environment(_ name: EnvironmentName) -> LiveEnvironment? { directory.withLock { $0.byName[name] } }

    package func environment(_ id: EnvironmentID) -> LiveEnvironment? { directory.withLock { $0.byID[id] } }

    /// All, in no order.
    var allEnvironments: [LiveEnvironment] { directory.withLock { Array($0.byName.values) } }

    /// All, by name.
    package var environments: [LiveEnvironment] {
        directory.withLock { Array($0.byName.values) }.sorted { $0.identity.name < $1.identity.name }
    }

    func add(_ environment: LiveEnvironment) {
        directory.withLock {
            $0.byName[environment.identity.name] = environment
            $0.byID[environment.identity.id] = environment
        }
    }

    func remove(_ environment: LiveEnvironment) {
        directory.withLock {
            $0.byName[environment.identity.name] = nil
            $0.byID[environment.identity.id] = nil
        }
    }

    // MARK: Wiping

    /// Wipes the environment if its deadline has passed; the expiry timer's only duty.
    package func expire(_ id: EnvironmentID) {
        guard let environment = environment(id) else { return }
        let now = clock.now
        guard environment.wipe(if: { _ in environment.deadline <= now }) else {
            // An older version's proof may have ended before the current one's, or a proof moved the deadline while the timer fired.
            if environment.end(versions: { !$0.isLive(at: now) }) { observer(.dropped(id)) }
            observer(.proved(id, until: environment.nextDeadline))
            return
        }
        observer(.wiped(id))
    }

    /// Wipes everything, at the end of the daemon.
    package func wipeAll() { for environment in environments { wipe(environment) } }

    func wipe(_ environment: LiveEnvironment) {
        environment.wipe()
        observer(.wiped(environment.identity.id))
    }

    func tell(_ event: Event) { observer(event) }

    /// - Parameter drop: drops what was made of an environment's keys that are gone, and returns when nothing of it is left.
    package func onDrop(_ drop: @escaping @Sendable (EnvironmentID) async -> Void) { contexts.withLock { $0 = ContextDrop(perform: drop) } }

    /// For what must not be said before nothing is left of a key.
    func dropContexts(of environment: LiveEnvironment) async { await contexts.withLock { $0 }?.perform(environment.identity.id) }

    /// Makes room in locked memory: wipes the least recently used quarter of the keys that can be fetched again.
    func reclaimIfNeeded() {
        let arena = SecretArena.shared
        if arena.freeSlots < arena.slots / 16 { reclaim() }
    }

    package func reclaim() {
        let held = environments.flatMap { environment in
            environment.withState { state in
                Array(state.keys.values) + Array(state.dataKeys.values) + Array(state.openedDataKeys.values)
            }
        }
        let oldest = held.sorted { $0.lastUse < $1.lastUse }.prefix(held.count / 4 + 1)
        for key in oldest {
            key.environment.withState { $0.remove(key) }
            key.wipe()
        }
    }
}
