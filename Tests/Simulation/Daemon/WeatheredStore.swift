import KeyHierarchy

/// A store under the weather that the plan makes, as one life of the daemon has it: what is called after the life's end does nothing.
struct WeatheredStore: KeyStore, ClockLedger {
    let box: StoreBox
    let isOnDisk: Bool
    let weather: StoreWeather
    let executor: SimExecutor
    let pulse: Pulse

    private static let mostCalls = 3
    private static let failure = KeyStoreError(.failed, "The simulated store failed.", remedy: "Try again.")
    private static let unknown = KeyStoreError(.unknownOutcome, "The simulated store failed, and cannot tell.", remedy: "Look again.")
    private static let busy = KeyStoreError(.busy, "Somebody reads the simulated store.", remedy: "Try again.")
    private static let end = KeyStoreError(.failed, "The simulated daemon died.", remedy: "")

    private func call<R: Sendable>(
        changes: Bool, _ work: (any KeyStore & ClockLedger) async throws(KeyStoreError) -> R
    ) async throws(KeyStoreError) -> R {
        await executor.sleep(weather.delay())
        let fate = weather.fate(changes: changes)
        let result = isOnDisk ? try await onDisk(fate, changes: changes, work) : try await inMemory(fate, work)
        if changes {
            await executor.sleep(weather.delay() / 2)
            guard pulse.isAlive else { throw Self.end }
        }
        return result
    }

    private func inMemory<R: Sendable>(
        _ fate: StoreWeather.Fate, _ work: (any KeyStore & ClockLedger) async throws(KeyStoreError) -> R
    ) async throws(KeyStoreError) -> R {
        guard pulse.isAlive, let store = box.store else { throw Self.end }
        if fate == .failsBefore { throw Self.failure }
        let result = try await work(store)
        if fate == .failsAfter { throw Self.unknown }
        return result
    }

    /// The file layer fails somewhere on the way of the call, and the store finds out what that means.
    private func onDisk<R: Sendable>(
        _ fate: StoreWeather.Fate, changes: Bool, _ work: (any KeyStore & ClockLedger) async throws(KeyStoreError) -> R
    ) async throws(KeyStoreError) -> R {
        while box.calls >= Self.mostCalls, pulse.isAlive { await executor.sleep(100 * microsecond) }
        guard pulse.isAlive, let store = box.store else { throw Self.end }
        box.calls += 1
        weather.strikeFiles(fate, changes: changes)
        defer {
            box.calls -= 1
            weather.spareFiles()
        }
        let result = try await work(store)
        guard pulse.isAlive else { throw Self.end }
        return result
    }

    var leaseEnd: BootInstant? { box.store?.leaseEnd }

    private func read<R: Sendable>(_ work: (any KeyStore & ClockLedger) async throws(KeyStoreError) -> R) async throws(KeyStoreError) -> R {
        try await call(changes: false, work)
    }

    private func change<R: Sendable>(_ work: (any KeyStore & ClockLedger) async throws(KeyStoreError) -> R) async throws(KeyStoreError) -> R
    {
        try await call(changes: true, work)
    }

    // MARK: Environments

    func environments() async throws(KeyStoreError) -> [EnvironmentRecord] {
        try await read { store throws(KeyStoreError) in try await store.environments() }
    }

    func environment(_ id: EnvironmentID) async throws(KeyStoreError) -> EnvironmentRecord? {
        try await read { store throws(KeyStoreError) in try await store.environment(id) }
    }

    func create(_ environment: EnvironmentRecord) async throws(KeyStoreError) {
        try await change { store throws(KeyStoreError) in try await store.create(environment) }
    }

    func apply(
        _ change: EnvironmentChange, to environment: EnvironmentID, from revision: Revision
    ) async throws(KeyStoreError) -> AppliedChange {
        try await self.change { store throws(KeyStoreError) in try await store.apply(change, to: environment, from: revision) }
    }

    func feed(after number: UInt64, limit: Int) async throws(KeyStoreError) -> [FeedEntry] {
        try await read { store throws(KeyStoreError) in try await store.feed(after: number, limit: limit) }
    }

    func overview(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentOverview? {
        try await read { store throws(KeyStoreError) in try await store.overview(of: environment) }
    }

    func contents(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentContents {
        try await read { store throws(KeyStoreError) in try await store.contents(of: environment) }
    }

    func continueDeletions(limit: Int) async throws(KeyStoreError) -> Sweep {
        try await change { store throws(KeyStoreError) in try await store.continueDeletions(limit: limit) }
    }

    // MARK: Keys

    func key(_ id: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await read { store throws(KeyStoreError) in try await store.key(id, of: environment) }
    }

    func hourlyKey(
        of environment: EnvironmentID, for hour: Hour, floor: EnvironmentKeyVersion, inDoubt: Bool
    ) async throws(KeyStoreError) -> KeyRecord? {
        try await read { store throws(KeyStoreError) in
            try await store.hourlyKey(of: environment, for: hour, floor: floor, inDoubt: inDoubt)
        }
    }

    func connectionKey(_ connection: ConnectionID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await read { store throws(KeyStoreError) in try await store.connectionKey(connection, of: environment) }
    }

    func logKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await read { store throws(KeyStoreError) in try await store.logKey(of: environment) }
    }

    func insert(_ key: KeyRecord) async throws(KeyStoreError) -> KeyRecord {
        try await change { store throws(KeyStoreError) in try await store.insert(key) }
    }

    // MARK: Repacks

    func repackBatch(
        of environment: EnvironmentID, to target: EnvironmentKeyVersion, after cursor: KeyID?, limit: Int
    ) async throws(KeyStoreError) -> RepackBatch {
        try await read { store throws(KeyStoreError) in
            try await store.repackBatch(of: environment, to: target, after: cursor, limit: limit)
        }
    }

    func move(
        _ keys: [MovedKey], of environment: EnvironmentID, to target: EnvironmentKeyVersion, cursor: KeyID?
    ) async throws(KeyStoreError) -> RepackRecord {
        try await change { store throws(KeyStoreError) in try await store.move(keys, of: environment, to: target, cursor: cursor) }
    }

    func sweepRetired(of environment: EnvironmentID, limit: Int) async throws(KeyStoreError) -> Sweep {
        try await change { store throws(KeyStoreError) in try await store.sweepRetired(of: environment, limit: limit) }
    }

    // MARK: Erasures

    func contents(
        of environment: EnvironmentID, under subject: ErasureRecord.Subject
    ) async throws(KeyStoreError) -> EnvironmentContents {
        try await read { store throws(KeyStoreError) in try await store.contents(of: environment, under: subject) }
    }

    func eraseKeys(_ erasure: ErasureID, limit: Int, at now: WallTime) async throws(KeyStoreError) -> [Tombstone] {
        try await change { store throws(KeyStoreError) in try await store.eraseKeys(erasure, limit: limit, at: now) }
    }

    func finishErasure(_ receipt: SignedReceipt) async throws(KeyStoreError) {
        try await change { store throws(KeyStoreError) in try await store.finishErasure(receipt) }
    }

    func openErasures() async throws(KeyStoreError) -> [ErasureRecord] {
        try await read { store throws(KeyStoreError) in try await store.openErasures() }
    }

    func tombstones(of erasure: ErasureID, after cursor: KeyID?, limit: Int) async throws(KeyStoreError) -> [Tombstone] {
        try await read { store throws(KeyStoreError) in try await store.tombstones(of: erasure, after: cursor, limit: limit) }
    }

    func tombstone(of key: KeyID, in environment: EnvironmentID) async throws(KeyStoreError) -> Tombstone? {
        try await read { store throws(KeyStoreError) in try await store.tombstone(of: key, in: environment) }
    }

    func receipts(of environment: EnvironmentID) async throws(KeyStoreError) -> [SignedReceipt] {
        try await read { store throws(KeyStoreError) in try await store.receipts(of: environment) }
    }

    func receipt(_ erasure: ErasureID) async throws(KeyStoreError) -> SignedReceipt? {
        try await read { store throws(KeyStoreError) in try await store.receipt(erasure) }
    }

    func purge() async throws(KeyStoreError) {
        await executor.sleep(weather.delay())
        guard pulse.isAlive else { throw Self.end }
        if weather.isRead, !isOnDisk { throw Self.busy }
        try await read { store throws(KeyStoreError) in try await store.purge() }
    }

    // MARK: The clock, and the store itself

    func clockTick() async throws(KeyStoreError) -> ClockTick? {
        try await read { store throws(KeyStoreError) in try await store.clockTick() }
    }

    func keep(_ tick: ClockTick) async throws(KeyStoreError) {
        try await change { store throws(KeyStoreError) in try await store.keep(tick) }
    }

    func endDoubt(at now: WallTime) async throws(KeyStoreError) {
        try await change { store throws(KeyStoreError) in try await store.endDoubt(at: now) }
    }

    func defect() async throws(KeyStoreError) -> String? {
        try await read { store throws(KeyStoreError) in try await store.defect() }
    }
}
