internal import Cryptography

extension Keyring {
    /// How often a request begins again when the cache was wiped under it.
    private static let attempts = 3

    /// Fetches, or makes, the key that encrypts `scope` now.
    package func encryptionKey(for scope: Scope, of environment: LiveEnvironment) async throws(HierarchyError) -> CachedKey {
        try Self.check(scope)
        return try await fetch(environment) { () throws(HierarchyError) in
            switch scope {
            case .event: try await self.hourlyKey(of: environment)
            case .job(let id): try await self.dataKey(of: JobDigest(of: id), in: environment)
            case .connection(let id):
                try await self.share(.connection(id), environment) { key, _ throws(HierarchyError) in
                    try await self.connectionKey(id, key, environment)
                }
            case .log:
                try await self.share(.log, environment) { key, _ throws(HierarchyError) in try await self.logKey(key, environment) }
            }
        }
    }

    /// Fetches the key that opens an envelope which begins with `header` (its bytes are `envelope`).
    package func decryptionKey(
        for header: EnvelopeHeader, envelope: [UInt8], of environment: LiveEnvironment
    ) async throws(HierarchyError) -> CachedKey {
        try await fetch(environment) { () throws(HierarchyError) in
            let stored = try await self.storedKey(header.key, scope: header.scope, of: environment)
            guard let job = header.job else { return stored }
            return try self.openDataKey(job, header: header, envelope: envelope, under: stored, in: environment)
        }
    }

    /// The stored key that `id` names, if it is one that serves `scope`.
    func storedKey(_ id: KeyID, scope: Scope.Kind, of environment: LiveEnvironment) async throws(HierarchyError) -> CachedKey {
        let now = clock.now
        let cached = environment.withState { $0.keys[id] }
        let key: CachedKey =
            if let cached, cached.isUsable(at: now) {
                cached
            } else {
                try await share(.key(id), environment) { environmentKey, _ throws(HierarchyError) in
                    let record = try await self.fromStore(environment) { store throws(KeyStoreError) in
                        try await store.key(id, of: environment.identity.id)
                    }
                    guard let record else {
                        throw try await self.missing(id, environment)
                    }
                    return try await self.admit(record, environmentKey.key, environment)
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
        let stone = try await fromStore(environment) { store throws(KeyStoreError) in
            try await store.tombstone(of: id, in: environment.identity.id)
        }
        if let stone { return .erased(stone) }
        return HierarchyError(
            .unknownKey, "The key of this ciphertext is not among the keys of \(environment.identity.name).",
            remedy: "It was changed on the way, or belongs to another store.")
    }

    /// The hourly key that is active in this hour.
    func hourlyKey(of environment: LiveEnvironment) async throws(HierarchyError) -> CachedKey {
        let now = clock.now
        let hour = wallClock.now.hour
        if let active = environment.withState({ $0.activeHourly }), active.hour == hour, active.isUsable(at: now) { return active }
        if let ahead = promoteUpcoming(of: environment, to: hour) { return ahead }
        return try await share(.hourly, environment) { environmentKey, now throws(HierarchyError) in
            let hour = now.hour
            let id = environment.identity.id
            let stored = try await self.fromStore(environment) { store throws(KeyStoreError) -> KeyRecord? in
                if let active = try await store.activeHourlyKey(of: id), active.serves(hour, since: environmentKey.floor) { return active }
                guard let ahead = try await store.upcomingHourlyKey(of: id, for: hour), ahead.serves(hour, since: environmentKey.floor)
                else { return nil }
                try await store.activateHourlyKey(ahead.id, of: id)
                return ahead
            }
            if let stored { return try await self.admit(stored, environmentKey.key, environment, active: true) }
            return try await self.make(.hourly(HourlyKey(hour: hour, state: .active)), environmentKey.key, environment)
        }
    }

    private func connectionKey(
        _ id: String, _ environmentKey: CurrentKey, _ environment: LiveEnvironment
    ) async throws(HierarchyError) -> CachedKey {
        let stored = try await fromStore(environment) { store throws(KeyStoreError) in
            try await store.connectionKey(id, of: environment.identity.id)
        }
        guard let stored, case .connection(_, let version) = stored.purpose else {
            return try await make(.connection(id, version: 1), environmentKey.key, environment)
        }
        if stored.born >= environmentKey.floor { return try await admit(stored, environmentKey.key, environment, active: true) }
        return try await make(.connection(id, version: version + 1), environmentKey.key, environment)
    }

    private func logKey(_ environmentKey: CurrentKey, _ environment: LiveEnvironment) async throws(HierarchyError) -> CachedKey {
        let stored = try await fromStore(environment) { store throws(KeyStoreError) in try await store.logKey(of: environment.identity.id) }
        guard let stored, case .log(let version) = stored.purpose else {
            return try await make(.log(version: 1), environmentKey.key, environment)
        }
        if stored.born >= environmentKey.floor { return try await admit(stored, environmentKey.key, environment, active: true) }
        return try await make(.log(version: version + 1), environmentKey.key, environment)
    }

    // MARK: Hours

    /// Makes and stores the key of the next hour before it is needed, so that many environments do not make theirs at once.
    package func makeUpcomingHourlyKey(of environment: LiveEnvironment) async throws(HierarchyError) {
        let hour = Hour(number: wallClock.now.hour.number + 1)
        if let ahead = environment.withState({ $0.upcomingHourly }), ahead.hour == hour, ahead.isUsable(at: clock.now) { return }
        _ = try await share(.upcoming(hour), environment) { environmentKey, _ throws(HierarchyError) in
            let stored = try await self.fromStore(environment) { store throws(KeyStoreError) in
                try await store.upcomingHourlyKey(of: environment.identity.id, for: hour)
            }
            if let stored, stored.born >= environmentKey.floor {
                return try await self.admit(stored, environmentKey.key, environment, active: true)
            }
            return try await self.make(.hourly(HourlyKey(hour: hour, state: .upcoming)), environmentKey.key, environment)
        }
    }

    /// Takes the key that was made ahead into use. The store learns of it beside the requests.
    private func promoteUpcoming(of environment: LiveEnvironment, to hour: Hour) -> CachedKey? {
        let now = clock.now
        let promoted: CachedKey? = environment.withState { state in
            guard let ahead = state.upcomingHourly, ahead.hour == hour, ahead.isUsable(at: now) else { return nil }
            state.upcomingHourly = nil
            state.activeHourly = ahead
            return ahead
        }
        guard let promoted else { return nil }
        Task { [store] in try? await store.activateHourlyKey(promoted.id, of: environment.identity.id) }
        return promoted
    }

    // MARK: Making and admitting

    /// Makes a key, keeps it wrapped, and admits the one that serves the purpose: another may have been first.
    ///
    /// While a repack runs it is wrapped by both versions, so that either may be left.
    private func make(
        _ purpose: KeyRecord.Purpose, _ environmentKey: EnvironmentKey, _ environment: LiveEnvironment
    ) async throws(HierarchyError) -> CachedKey {
        let now = clock.now
        let others: [EnvironmentKey] = environment.withState { state in
            guard let previous = state.record.repack?.previous, let key = state.environmentKeys[previous], key.isLive(at: now),
                key !== environmentKey
            else { return [] }
            return [key]
        }
        let record: KeyRecord
        do {
            let id = try KeyID.random()
            let secret = try SecretBytes.random(byteCount: 32)
            var wraps: [Wrap] = []
            for key in [environmentKey] + others {
                let place = WrapPlace.stored(purpose.kind, id, in: environment.identity.id, under: key.version)
                let wrapped = try key.withWrapper { wrapper throws(CryptographyError) in try wrapper.wrap(secret, place: place) }
                if let wrapped { wraps.append(Wrap(version: key.version, bytes: wrapped)) }
            }
            guard wraps.first?.version == environmentKey.version else { throw HierarchyError.wipedMeanwhile }
            record = KeyRecord(
                id: id, environment: environment.identity.id, purpose: purpose, createdAt: believedNow, born: environmentKey.version,
                wraps: wraps)
        } catch { throw Self.translate(error) }
        let kept = try await insert(record, environment)
        return try await admit(kept, environmentKey, environment, active: true)
    }

    private func insert(_ record: KeyRecord, _ environment: LiveEnvironment) async throws(HierarchyError) -> KeyRecord {
        do throws(KeyStoreError) { return try await store.insert(record) } catch {
            // The version that wraps it was retired, or its environment deleted, since the key was made: the next attempt sees which.
            if error.code == .missing { throw .wipedMeanwhile }
            return try await fromStore(environment) { _ throws(KeyStoreError) in throw error }
        }
    }

    /// Unwraps a stored key into memory, unless the environment was wiped meanwhile. One that a repack has not moved yet is unwrapped
    /// with the version that it hangs under, which its own main key has to grant.
    func admit(
        _ record: KeyRecord, _ current: EnvironmentKey, _ environment: LiveEnvironment, active: Bool = false
    ) async throws(HierarchyError) -> CachedKey {
        if let wrap = record.wraps.first(where: { $0.version == current.version }) {
            return try admit(record, wrap, with: current, environment, active: active)
        }
        var refusal: HierarchyError?
        for wrap in record.wraps.sorted(by: { $0.version > $1.version }) {
            guard environment.withState({ $0.record.environmentKey(wrap.version) }) != nil else { continue }
            do throws(HierarchyError) {
                let older = try await environmentKey(of: environment, version: wrap.version)
                return try admit(record, wrap, with: older, environment, active: active)
            } catch {
                guard error.code != .damaged else { throw error }
                refusal = refusal ?? error
            }
        }
        if let refusal { throw refusal }
        // A repack may have ended since the key was read: then it was read too early, and nothing is wrong.
        guard environment.withState({ $0.currentKey }) === current else { throw .wipedMeanwhile }
        throw damaged(environment, "key \(record.id) has no wrap under a version of the environment key that is there")
    }

    private func admit(
        _ record: KeyRecord, _ wrap: Wrap, with gate: EnvironmentKey, _ environment: LiveEnvironment, active: Bool
    ) throws(HierarchyError) -> CachedKey {
        let id = environment.identity.id
        let secret: SecretBytes?
        do {
            secret = try gate.withWrapper { wrapper throws(CryptographyError) in
                try unsafe wrapper.unwrap(
                    wrap.bytes.span.bytes, place: WrapPlace.stored(record.purpose.kind, record.id, in: id, under: wrap.version))
            }
        } catch {
            guard error.code == .cannotOpen else { throw HierarchyError(error) }
            throw damaged(environment, "the wrap of key \(record.id) does not open")
        }
        guard let secret else { throw HierarchyError.wipedMeanwhile }
        let scope: Scope.Kind
        var hour: Hour?
        var connection: String?
        switch record.purpose {
        case .hourly(let key): (scope, hour) = (.event, key.hour)
        case .connection(let name, _): (scope, connection) = (.connection, name)
        case .log: scope = .log
        }
        let key = CachedKey(
            secret, of: environment, gate: gate, id: record.id, kind: record.purpose.kind, hour: hour,
            header: EnvelopeHeader.bytes(scope, environment: id, key: record.id), connection: connection, now: clock.now)
        let now = clock.now
        var first: CachedKey?
        let kept = try settle(key, environment) { state in
            let held = state.keys[key.id]
            // Requests that encrypt and requests that decrypt may each have fetched it: the first is in use, and stays.
            if let held, held.gate === gate, held.isUsable(at: now) { first = held } else if let held { state.remove(held) }
            let key = first ?? key
            state.keys[key.id] = key
            let displaced = first == nil ? held : nil
            guard active, record.born >= state.record.keyFloor else { return [displaced] }
            switch record.purpose {
            case .hourly(let hourly):
                switch hourly.state {
                case .active:
                    state.activeHourly = key
                    // The store has closed it with this one: a clock that jumped and came back must not take it into use.
                    if let ahead = state.upcomingHourly, let until = ahead.hour, until <= hourly.hour { state.upcomingHourly = nil }
                case .upcoming where hourly.hour == wallClock.now.hour: state.activeHourly = key
                case .upcoming: state.upcomingHourly = key
                case .inactive: break
                }
            case .connection(let name, _): state.connections[name] = key
            case .log: state.log = key
            }
            return [displaced]
        }
        guard let first else { return kept }
        key.wipe()
        return first
    }

    /// Keeps a key in memory if its life of the cache still runs. The keys that `keep` returns are out of reach of the next wipe
    /// of the environment, whoever still holds them: they are wiped here.
    func settle(
        _ key: CachedKey, _ environment: LiveEnvironment, _ keep: (inout EnvironmentState) -> [CachedKey?]
    ) throws(HierarchyError) -> CachedKey {
        let now = clock.now
        let displaced: [CachedKey?]? = environment.withState { state in
            guard key.isUsable(at: now), !state.isDeleted, !state.isErased(key.id) else { return nil }
            return keep(&state)
        }
        guard let displaced else {
            key.wipe()
            throw HierarchyError.wipedMeanwhile
        }
        for other in displaced { other?.wipe() }
        return key
    }

    func damaged(_ environment: LiveEnvironment, _ what: String) -> HierarchyError {
        environment.withState { state in
            state.record.damage = what
            state.revision += 1
        }
        wipe(environment)
        tell(.damaged(environment.identity, what))
        return environment.withState { state in
            do throws(HierarchyError) {
                try environment.refuseIfShut(state)
                return HierarchyError(.damaged, what, remedy: "")
            } catch { return error }
        }
    }

    // MARK: Sharing and retrying

    /// The environment key with which new keys are wrapped, and since which version keys may encrypt.
    struct CurrentKey {
        let key: EnvironmentKey
        let floor: EnvironmentKeyVersion
    }

    /// One flight for all who need the same.
    private func share(
        _ need: Need, _ environment: LiveEnvironment,
        _ work: @escaping @Sendable (CurrentKey, WallTime) async throws(HierarchyError) -> CachedKey
    ) async throws(HierarchyError) -> CachedKey {
        let task: Task<Result<CachedKey, HierarchyError>, Never> = environment.withState { state in
            if case .key(let task) = state.flights[need] { return task }
            let task = Task { () -> Result<CachedKey, HierarchyError> in
                defer { environment.withState { $0.flights[need] = nil } }
                self.reclaimIfNeeded()
                do throws(HierarchyError) {
                    let key = try await self.environmentKey(of: environment)
                    let floor = environment.withState { $0.record.keyFloor }
                    return .success(try await work(CurrentKey(key: key, floor: floor), self.wallClock.now))
                } catch { return .failure(error) }
            }
            state.flights[need] = .key(task)
            return task
        }
        return try await task.value.get()
    }

    /// Runs `work` again when a wipe came between, and once more after making room in locked memory.
    private func fetch(
        _ environment: LiveEnvironment, _ work: () async throws(HierarchyError) -> CachedKey
    ) async throws(HierarchyError) -> CachedKey {
        for attempt in 1... {
            do throws(HierarchyError) {
                return try await work()
            } catch {
                switch error.code {
                case .limitReached where attempt < Self.attempts: reclaim()
                case .wiped where attempt < Self.attempts: continue
                default: throw error
                }
            }
        }
        throw HierarchyError.wipedMeanwhile
    }

    /// Reads or writes the store; damage shuts the environment.
    func fromStore<R: Sendable>(
        _ environment: LiveEnvironment, _ work: (any KeyStore) async throws(KeyStoreError) -> R
    ) async throws(HierarchyError) -> R {
        do { return try await work(store) } catch {
            if error.code == .damaged { throw damaged(environment, error.message) }
            throw HierarchyError(error)
        }
    }

    static func translate(_ error: any Error) -> HierarchyError {
        switch error {
        case let error as HierarchyError: error
        case let error as CryptographyError: HierarchyError(error)
        default: HierarchyError(.internal, "A key could not be made.", remedy: "Report this.")
        }
    }

    private static func check(_ scope: Scope) throws(HierarchyError) {
        switch scope {
        case .job(let id), .connection(let id):
            guard (1...512).contains(id.utf8.count) else {
                throw HierarchyError(
                    .invalidScope, "The id of a job or connection has 1 to 512 bytes; this one has \(id.utf8.count).",
                    remedy: "Use a shorter id, or its digest.")
            }
        case .event, .log: break
        }
    }
}

extension KeyRecord {
    /// Whether it is an hourly key that encrypts in `hour`, and no replacement has ended that.
    fileprivate func serves(_ hour: Hour, since floor: EnvironmentKeyVersion) -> Bool {
        guard case .hourly(let key) = purpose else { return false }
        return key.hour == hour && key.state != .inactive && born >= floor
    }
}

extension HierarchyError {
    static func erased(_ stone: Tombstone) -> Self {
        Self(
            .erased, "The key of this ciphertext was erased at \(stone.erasedAt); the receipt is \(stone.erasure).",
            remedy: "Nothing brings it back. `ekmctl receipt show \(stone.erasure)` tells why.")
    }
}
