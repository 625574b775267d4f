internal import Cryptography
package import KeyHierarchy

/// Fetches the keys that requests need, or makes them: one store read and at most one call to the main key for all who wait for the same.
package final class Fetcher: Sendable {
    let store: any KeyStore
    let records: RecordKeeper
    let prover: Prover
    let keeper: LifeKeeper
    let memory: SecretMemory
    let judge: ClockJudge

    /// How often a request begins again when the cache was wiped under it, or another change came between.
    private static let attempts = 3

    init(records: RecordKeeper, prover: Prover, memory: SecretMemory, judge: ClockJudge) {
        store = records.store
        keeper = records.keeper
        self.records = records
        self.prover = prover
        self.memory = memory
        self.judge = judge
    }

    /// Fetches, or makes, the key that encrypts `scope` now.
    package func encryptionKey(for scope: Scope, of environment: LiveEnvironment) async throws(HierarchyError) -> CachedKey {
        try Self.check(scope)
        return try await again(environment) { () throws(HierarchyError) in
            let hour = keeper.wallClock.now.hour
            let key: CachedKey =
                switch scope {
                case .event: try await hourlyKey(of: environment, for: hour)
                case .job(let id): try await dataKey(of: JobDigest(of: id.text), in: environment, hour)
                case .connection(let id):
                    try await share(.connection(id), environment) { current throws(HierarchyError) in
                        try await self.connectionKey(id, current, environment)
                    }
                case .log:
                    try await share(.log, environment) { current throws(HierarchyError) in try await self.logKey(current, environment) }
                }
            // A replacement that came between has raised the floor: begun again, the request gets a key that is above it.
            guard key.mayEncrypt(in: hour, at: keeper.clock.now) else { throw .wipedMeanwhile }
            return key
        }
    }

    /// Fetches the key that opens an envelope which begins with `header` (its bytes are `envelope`).
    package func decryptionKey(
        for header: EnvelopeHeader, envelope: [UInt8], of environment: LiveEnvironment
    ) async throws(HierarchyError) -> CachedKey {
        try await again(environment) { () throws(HierarchyError) in
            let stored = try await storedKey(header.key, scope: header.scope, of: environment)
            guard let job = header.job else { return stored }
            return try openDataKey(job, envelope: envelope, under: stored, in: environment)
        }
    }

    /// The stored key that `id` names, if it is one that serves `scope`.
    func storedKey(_ id: KeyID, scope: Scope.Kind, of environment: LiveEnvironment) async throws(HierarchyError) -> CachedKey {
        let now = keeper.clock.now
        let cached = environment.withState { $0.cache.keys[id] }
        let key: CachedKey =
            if let cached, cached.isUsable(at: now) {
                cached
            } else {
                try await share(.key(id), environment) { current throws(HierarchyError) in
                    let erasures = environment.withState { $0.cache.erasures }
                    let record = try await self.keeper.fromStore(environment) { () throws(KeyStoreError) in
                        try await self.store.key(id, of: environment.identity.id)
                    }
                    guard let record else { throw try await self.missing(id, environment) }
                    guard !record.isDoomed else { throw .beingErased }
                    let key = try await self.admit(record, current, environment)
                    // An erasure that began since the store was read may take this very key.
                    guard environment.withState({ $0.cache.erasures }) == erasures else {
                        environment.withState { $0.cache.remove(key) }
                        key.wipe()
                        throw .wipedMeanwhile
                    }
                    return key
                }
            }
        let serves: Bool =
            switch scope {
            case .job, .event: key.kind == .hourly
            case .connection: key.kind == .connection
            case .log: key.kind == .log
            }
        guard serves else { throw HierarchyError(CryptographyError(.cannotOpen, "")) }
        return key
    }

    /// Why there is no such key: it was erased, or never was.
    private func missing(_ id: KeyID, _ environment: LiveEnvironment) async throws(HierarchyError) -> HierarchyError {
        let stone = try await keeper.fromStore(environment) { () throws(KeyStoreError) in
            try await store.tombstone(of: id, in: environment.identity.id)
        }
        if let stone { return .erased(stone) }
        return HierarchyError(
            .unknownKey, "The key of this ciphertext is not among the keys of \(environment.identity.name).",
            remedy: "It was changed on the way, or belongs to another store.")
    }

    private func connectionKey(
        _ id: ConnectionID, _ current: CurrentKey, _ environment: LiveEnvironment
    ) async throws(HierarchyError) -> CachedKey {
        let erasures = environment.withState { $0.cache.erasures }
        let stored = try await keeper.fromStore(environment) { () throws(KeyStoreError) in
            try await store.connectionKey(id, of: environment.identity.id)
        }
        var version: UInt32 = 0
        if let stored, case .connection(_, let newest) = stored.purpose { version = newest }
        let key: CachedKey =
            if let stored, encrypts(stored, current) {
                try await admit(stored, current, environment, encrypts: true)
            } else {
                try await make(.connection(id, version: version + 1), current, environment)
            }
        // An erasure that began since the store was read may take this very key.
        guard environment.withState({ $0.cache.erasures }) == erasures else {
            keeper.run(.erasing(.connection(id)), of: environment)
            throw .wipedMeanwhile
        }
        return key
    }

    private func logKey(_ current: CurrentKey, _ environment: LiveEnvironment) async throws(HierarchyError) -> CachedKey {
        let stored = try await keeper.fromStore(environment) { () throws(KeyStoreError) in
            try await store.logKey(of: environment.identity.id)
        }
        guard let stored, case .log(let version) = stored.purpose else { return try await make(.log(version: 1), current, environment) }
        if encrypts(stored, current) { return try await admit(stored, current, environment, encrypts: true) }
        return try await make(.log(version: version + 1), current, environment)
    }

    /// Whether a connection's or log's key goes on encrypting: no replacement or erasure has ended that.
    private func encrypts(_ stored: KeyRecord, _ current: CurrentKey) -> Bool { stored.born >= current.floor && !stored.isDoomed }

    // MARK: Hours

    /// The key that encrypts in `hour`.
    func hourlyKey(of environment: LiveEnvironment, for hour: Hour) async throws(HierarchyError) -> CachedKey {
        let now = keeper.clock.now
        if let held = environment.withState({ $0.cache.hours[hour] }), held.mayEncrypt(in: hour, at: now) { return held }
        return try await share(.hourly(hour), environment) { current throws(HierarchyError) in
            let inDoubt = self.judge.isInDoubt
            let stored = try await self.keeper.fromStore(environment) { () throws(KeyStoreError) in
                try await self.store.hourlyKey(of: environment.identity.id, for: hour, floor: current.floor, inDoubt: inDoubt)
            }
            if let stored { return try await self.admit(stored, current, environment, encrypts: true) }
            return try await self.make(.hourly(hour), current, environment)
        }
    }

    /// Makes and stores the key of the next hour before it is needed, so that many environments do not make theirs at once.
    package func makeUpcomingHourlyKey(of environment: LiveEnvironment) async throws(HierarchyError) {
        let hour = Hour(number: keeper.wallClock.now.hour.number + 1)
        if let ahead = environment.withState({ $0.cache.hours[hour] }), ahead.mayEncrypt(in: hour, at: keeper.clock.now) { return }
        _ = try await hourlyKey(of: environment, for: hour)
    }

    // MARK: Sharing and retrying

    /// The environment key with which new keys are wrapped, and since which version keys may encrypt.
    struct CurrentKey: Sendable {
        let key: EnvironmentKey
        let floor: EnvironmentKeyVersion
    }

    /// One flight for all who need the same.
    func share(
        _ need: Need, _ environment: LiveEnvironment, _ work: @escaping @Sendable (CurrentKey) async throws(HierarchyError) -> CachedKey
    ) async throws(HierarchyError) -> CachedKey {
        let task: Task<Result<CachedKey, HierarchyError>, Never> = environment.withState { state in
            if case .key(let task) = state.flights[need] { return task }
            let task = Task { () -> Result<CachedKey, HierarchyError> in
                defer { environment.withState { $0.flights[need] = nil } }
                self.memory.reclaimIfNeeded()
                do throws(HierarchyError) {
                    let key = try await self.prover.environmentKey(of: environment)
                    return .success(try await work(CurrentKey(key: key, floor: environment.record.keyFloor)))
                } catch { return .failure(error) }
            }
            state.flights[need] = .key(task)
            return task
        }
        return try await task.value.get()
    }

    /// Runs `work` again when a wipe came between, and once more after making room in locked memory.
    func again(
        _ environment: LiveEnvironment, _ work: () async throws(HierarchyError) -> CachedKey
    ) async throws(HierarchyError) -> CachedKey {
        await records.settle(environment)
        for attempt in 1... {
            do throws(HierarchyError) {
                return try await work()
            } catch {
                switch error.code {
                case .limitReached where attempt < Self.attempts: memory.reclaim()
                case .wiped where attempt < Self.attempts: continue
                default: throw error
                }
            }
        }
        throw HierarchyError.wipedMeanwhile
    }

    private static func check(_ scope: Scope) throws(HierarchyError) {
        let isProper =
            switch scope {
            case .job(let id): id.isOfProperSize
            case .connection(let id): id.isOfProperSize
            case .event, .log: true
            }
        guard isProper else {
            throw HierarchyError(
                .invalidScope, "The id of a job or connection has 1 to 512 bytes; this one has \(scope.id.utf8.count).",
                remedy: "Use a shorter id, or its digest.")
        }
    }
}

extension HierarchyError {
    static let beingErased = Self(
        .erased, "The key of this ciphertext is being erased: that was begun, and cannot be taken back.",
        remedy: "Nothing brings it back. `ekmctl receipt list` shows the receipt once the erasure has ended.")

    static func erased(_ stone: Tombstone) -> Self {
        Self(
            .erased, "The key of this ciphertext was erased at \(stone.erasedAt); the receipt is \(stone.erasure).",
            remedy: "Nothing brings it back. `ekmctl receipt show \(stone.erasure)` tells why.")
    }
}
