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
                        throw HierarchyError(
                            .unknownKey, "The key of this ciphertext is not among the keys of \(environment.identity.name).",
                            remedy: "It was changed on the way, or its key was erased.")
                    }
                    return try self.admit(record, environmentKey, environment)
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

    /// The hourly key that is active in this hour.
    func hourlyKey(of environment: LiveEnvironment) async throws(HierarchyError) -> CachedKey {
        let now = clock.now
        let hour = wallClock.now.hour
        if let active = environment.withState({ $0.activeHourly }), active.hour == hour, active.isUsable(at: now) { return active }
        return try await share(.hourly, environment) { environmentKey, now throws(HierarchyError) in
            let hour = now.hour
            let stored = try await self.fromStore(environment) { store throws(KeyStoreError) in
                try await store.activeHourlyKey(of: environment.identity.id)
            }
            if let stored, case .hourly(let key) = stored.purpose, key.hour == hour {
                return try self.admit(stored, environmentKey, environment, active: true)
            }
            return try await self.make(
                .hourly(HourlyKey(hour: hour, state: .active)), environmentKey, environment)
        }
    }

    private func connectionKey(
        _ id: String, _ environmentKey: EnvironmentKey, _ environment: LiveEnvironment
    ) async throws(HierarchyError) -> CachedKey {
        let stored = try await fromStore(environment) { store throws(KeyStoreError) in
            try await store.connectionKey(id, of: environment.identity.id)
        }
        if let stored {
            return try admit(stored, environmentKey, environment, active: true)
        }
        return try await make(.connection(id, version: 1), environmentKey, environment)
    }

    private func logKey(_ environmentKey: EnvironmentKey, _ environment: LiveEnvironment) async throws(HierarchyError) -> CachedKey {
        let stored = try await fromStore(environment) { store throws(KeyStoreError) in try await store.logKey(of: environment.identity.id) }
        if let stored {
            return try admit(stored, environmentKey, environment, active: true)
        }
        return try await make(.log(version: 1), environmentKey, environment)
    }

    // MARK: Making and admitting

    /// Makes a key, keeps it wrapped, and admits the one that serves the purpose: another may have been first.
    private func make(
        _ purpose: KeyRecord.Purpose, _ environmentKey: EnvironmentKey, _ environment: LiveEnvironment
    ) async throws(HierarchyError) -> CachedKey {
        let record: KeyRecord
        do {
            let id = try KeyID.random()
            let secret = try SecretBytes.random(byteCount: 32)
            let place = WrapPlace.stored(purpose.kind, id, in: environment.identity.id, under: environmentKey.version)
            guard
                let wrapped = try environmentKey.withWrapper({ wrapper throws(CryptographyError) in try wrapper.wrap(secret, place: place) }
                )
            else { throw HierarchyError.wipedMeanwhile }
            record = KeyRecord(
                id: id, environment: environment.identity.id, purpose: purpose, createdAt: wallClock.now,
                wraps: [Wrap(version: environmentKey.version, bytes: wrapped)])
        } catch { throw Self.translate(error) }
        let kept = try await fromStore(environment) { store throws(KeyStoreError) in try await store.insert(record) }
        return try admit(kept, environmentKey, environment, active: true)
    }

    /// Unwraps a stored key into memory, unless the environment was wiped meanwhile.
    func admit(
        _ record: KeyRecord, _ environmentKey: EnvironmentKey, _ environment: LiveEnvironment, active: Bool = false
    ) throws(HierarchyError) -> CachedKey {
        let id = environment.identity.id
        guard let wrap = record.wraps.first(where: { $0.version == environmentKey.version }) else {
            throw damaged(environment, "key \(record.id) has no wrap under the current environment key")
        }
        let secret: SecretBytes?
        do {
            secret = try environmentKey.withWrapper { wrapper throws(CryptographyError) in
                try unsafe wrapper.unwrap(
                    wrap.bytes.span.bytes,
                    place: WrapPlace.stored(record.purpose.kind, record.id, in: id, under: environmentKey.version))
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
            secret, of: environment, epoch: environmentKey.epoch, id: record.id, kind: record.purpose.kind, hour: hour,
            header: EnvelopeHeader.bytes(scope, environment: id, key: record.id), connection: connection, now: clock.now)
        let isActive =
            if case .hourly(let hourly) = record.purpose { active && hourly.state == .active } else { active }
        return try settle(key, environment) { state in
            let displaced = state.keys.updateValue(key, forKey: key.id)
            guard isActive else { return [displaced] }
            switch record.purpose {
            case .hourly: state.activeHourly = key
            case .connection(let name, _): state.connections[name] = key
            case .log: state.log = key
            }
            return [displaced]
        }
    }

    /// Keeps a key in memory if its life of the cache still runs. The keys that `keep` returns are out of reach of the next wipe
    /// of the environment, whoever still holds them: they are wiped here.
    func settle(
        _ key: CachedKey, _ environment: LiveEnvironment, _ keep: (inout EnvironmentState) -> [CachedKey?]
    ) throws(HierarchyError) -> CachedKey {
        let now = clock.now
        let displaced: [CachedKey?]? = environment.withState { state in
            guard environment.isLive(epoch: key.epoch, at: now), !state.isDeleted else { return nil }
            return keep(&state)
        }
        guard let displaced else {
            key.wipe()
            throw HierarchyError.wipedMeanwhile
        }
        for other in displaced { other?.wipe() }
        return key
    }

    private func damaged(_ environment: LiveEnvironment, _ what: String) -> HierarchyError {
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

    /// One flight for all who need the same.
    private func share(
        _ need: Need, _ environment: LiveEnvironment,
        _ work: @escaping @Sendable (EnvironmentKey, WallTime) async throws(HierarchyError) -> CachedKey
    ) async throws(HierarchyError) -> CachedKey {
        let task: Task<Result<CachedKey, HierarchyError>, Never> = environment.withState { state in
            if case .key(let task) = state.flights[need] { return task }
            let task = Task { () -> Result<CachedKey, HierarchyError> in
                defer { environment.withState { $0.flights[need] = nil } }
                self.reclaimIfNeeded()
                do throws(HierarchyError) {
                    let environmentKey = try await self.environmentKey(of: environment)
                    return .success(try await work(environmentKey, self.wallClock.now))
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
