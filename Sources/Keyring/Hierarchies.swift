internal import Cryptography
package import KeyHierarchy

/// Every environment's key hierarchy as far as it is in memory, and the parts that work on it, put together.
package final class Hierarchies: Sendable {
    package let keyring: Keyring
    package let keeper: LifeKeeper
    package let judge: ClockJudge
    package let fetcher: Fetcher
    package let records: RecordKeeper
    package let environments: EnvironmentAdministration
    package let mainKeys: MainKeyChanges
    package let repacker: Repacker
    package let eraser: Eraser
    package let poller: Poller
    let prover: Prover
    package let views: Views
    private let store: any KeyStore
    private let provider: any MainKeyProvider

    package init(
        store: any KeyStore, clockLedger: any ClockLedger, provider: any MainKeyProvider, root: RootKey,
        settings: KeyringSettings = KeyringSettings(),
        clock: any BootClock = SystemBootClock(), wallClock: any WallClock = SystemWallClock(),
        clockFacts: any ClockFacts = SystemClockFacts(), observer: @escaping KeyringObserver = { _ in }
    ) {
        self.store = store
        self.provider = provider
        keyring = Keyring()
        keeper = LifeKeeper(directory: keyring, clock: clock, wallClock: wallClock, settings: settings, observer: observer)
        judge = ClockJudge(store: store, ledger: clockLedger, clock: clock, wallClock: wallClock, facts: clockFacts) {
            observer(.clock($0))
        }
        let memory = SecretMemory(directory: keyring, keeper: keeper)
        let access = MainKeyAccess(provider: provider, keeper: keeper)
        prover = Prover(access: access, keeper: keeper, memory: memory)
        records = RecordKeeper(store: store, keeper: keeper, directory: keyring)
        fetcher = Fetcher(records: records, prover: prover, memory: memory, judge: judge)
        let setUp = KeySetUp(access: access, root: root, judge: judge, keeper: keeper)
        environments = EnvironmentAdministration(
            directory: keyring, records: records, setUp: setUp, memory: memory, judge: judge)
        mainKeys = MainKeyChanges(prover: prover, records: records, setUp: setUp, judge: judge, root: root, access: access)
        repacker = Repacker(prover: prover, records: records, judge: judge)
        eraser = Eraser(directory: keyring, records: records, judge: judge, root: root)
        poller = Poller(directory: keyring, access: access, prover: prover, changes: mainKeys, keeper: keeper, judge: judge)
        views = Views(directory: keyring, records: records, judge: judge, poller: poller)
    }

    /// Reads the environments, but none of their keys. Call once, before anything else.
    package func load() async throws(KeyStoreError) {
        try await judge.load()
        let records = try await store.environments()
        for record in records { keyring.add(LiveEnvironment(record, lease: store)) }
        for record in records {
            if let damage = record.damage { keeper.tell(.damaged(record.identity, damage)) }
        }
    }

    /// What is cached keeps the deadline that it has, or the new one if that is earlier.
    package func apply(_ settings: KeyringSettings) {
        keeper.apply(settings)
        for environment in keyring.environments { keeper.run(.ruled, of: environment) }
    }

    /// Wipes what has passed its deadline; the expiry timer's only duty.
    package func expire(_ id: EnvironmentID) {
        if let environment = keyring.environment(id) { keeper.run(.clock, of: environment) }
    }

    /// Wipes everything, at the end of the daemon.
    package func wipeAll() {
        for environment in keyring.environments { keeper.run(.stopped, of: environment) }
    }
}

extension Hierarchies {
    /// A main key as a caller named it, as its kind takes it from them; nothing is asked, and nothing kept.
    package func admit(_ reference: MainKeyReference, by rules: ReferenceRules) throws(ReferenceRefusal) -> MainKeyReference {
        try provider.admit(reference, by: rules)
    }

    /// Proves again what is in use, before its deadline; nobody waits for it.
    package func renew(_ environment: LiveEnvironment) async { await prover.renew(environment) }
}
