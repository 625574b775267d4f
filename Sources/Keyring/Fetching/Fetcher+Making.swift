internal import Cryptography
internal import KeyHierarchy

extension Fetcher {
    /// Makes a key, keeps it wrapped, and admits the one that serves the purpose: another may have been first.
    ///
    /// While a repack runs it is wrapped by both versions, so that either may be left.
    func make(
        _ purpose: KeyRecord.Purpose, _ current: CurrentKey, _ environment: LiveEnvironment
    ) async throws(HierarchyError) -> CachedKey {
        if case .connection = purpose { try await requireRoom(environment) }
        let now = keeper.clock.now
        let previous: EnvironmentKey? = environment.withState { state in
            guard let previous = state.record.repack?.previous, previous != current.key.version else { return nil }
            return state.cache.environmentKeys[previous].flatMap { $0.isLive(at: now) ? $0 : nil }
        }
        let record: KeyRecord
        do {
            let id = try KeyID.random()
            let secret = try SecretBytes.random(byteCount: 32)
            var wraps: [Wrap] = []
            for key in [current.key] + (previous.map { [$0] } ?? []) {
                let place = WrapPlace.stored(purpose.kind, id, in: environment.identity.id, under: key.version)
                let wrapped = try key.withWrapper { wrapper throws(CryptographyError) in try wrapper.wrap(secret, place: place) }
                if let wrapped { wraps.append(Wrap(version: key.version, bytes: wrapped)) }
            }
            guard wraps.first?.version == current.key.version else { throw HierarchyError.wipedMeanwhile }
            record = KeyRecord(
                id: id, environment: environment.identity.id, purpose: purpose, createdAt: judge.stamp, born: current.key.version,
                floor: current.floor, wraps: wraps)
        } catch { throw .translating(error) }
        // The clock was set right since the hour was read from it: when that hour comes, this key would count from today.
        guard record.isOfItsHour || record.createdAt.doubt != nil else { throw .wipedMeanwhile }
        return try await admit(try await insert(record, environment), current, environment, encrypts: true)
    }

    /// Ids of connections come from clients: ever new ones must not fill the store.
    private func requireRoom(_ environment: LiveEnvironment) async throws(HierarchyError) {
        let most = keeper.settings.connectionKeys
        let count: Int
        if let known = environment.withState({ $0.connectionKeys }) {
            count = known
        } else {
            count = try await keeper.fromStore(environment) { () throws(KeyStoreError) in
                try await store.contents(of: environment.identity.id).connectionKeys
            }
            environment.withState { $0.connectionKeys = count }
        }
        guard count < most else { throw .tooManyConnectionKeys(environment.identity.name, most) }
    }

    private func insert(_ record: KeyRecord, _ environment: LiveEnvironment) async throws(HierarchyError) -> KeyRecord {
        do throws(KeyStoreError) {
            let kept = try await store.insert(record)
            // Another may have been first: then nothing was added.
            if case .connection = record.purpose, kept.id == record.id { environment.withState { $0.connectionKeys? += 1 } }
            return kept
        } catch {
            switch error.code {
            // The version that wraps it was retired, the floor raised, or its environment deleted, since the key was made. Who did that
            // may not have heard from the store yet: the next attempt decides on what stands there. (Where nobody knows whether the key
            // was kept, nothing was encrypted under it: the next request finds it.)
            case .missing, .stale:
                try await records.refresh(environment)
                throw .wipedMeanwhile
            default: return try await keeper.fromStore(environment) { () throws(KeyStoreError) in throw error }
            }
        }
    }

    /// Unwraps a stored key into memory, unless the environment was wiped meanwhile. One that a repack has not moved yet is unwrapped
    /// with the version that it hangs under, which its own main key has to grant.
    /// - Parameter encrypts: whether it is the one that encrypts for its purpose.
    func admit(
        _ record: KeyRecord, _ current: CurrentKey, _ environment: LiveEnvironment, encrypts: Bool = false
    ) async throws(HierarchyError) -> CachedKey {
        if let wrap = record.wraps.first(where: { $0.version == current.key.version }) {
            return try admit(record, wrap, with: current.key, environment, encrypts: encrypts)
        }
        var refusal: HierarchyError?
        for wrap in record.wraps.sorted(by: { $0.version > $1.version }) {
            guard environment.record.environmentKey(wrap.version) != nil else { continue }
            do throws(HierarchyError) {
                let older = try await prover.environmentKey(of: environment, version: wrap.version)
                return try admit(record, wrap, with: older, environment, encrypts: encrypts)
            } catch {
                guard error.code != .damaged else { throw error }
                refusal = refusal ?? error
            }
        }
        if let refusal { throw refusal }
        throw try await withoutWrap(record, environment)
    }

    /// A repack may have ended since the key was read, or be known here later than in the store: then it was read too early, and nothing
    /// is wrong. Only a key that lacks every wrap in one moment of the store does.
    private func withoutWrap(_ record: KeyRecord, _ environment: LiveEnvironment) async throws(HierarchyError) -> HierarchyError {
        let id = environment.identity.id
        let (before, key, after) = try await keeper.fromStore(environment) { () throws(KeyStoreError) in
            let before = try await store.environment(id)
            let key = try await store.key(record.id, of: id)
            return (before, key, try await store.environment(id))
        }
        guard let before, let after, let key, before.revision == after.revision,
            !key.wraps.contains(where: { after.environmentKey($0.version) != nil })
        else {
            if let after { keeper.run(.changed(after, .refreshed), of: environment) }
            return .wipedMeanwhile
        }
        return keeper.damaged(environment, "key \(record.id) has no wrap under a version of the environment key that is there")
    }

    private func admit(
        _ record: KeyRecord, _ wrap: Wrap, with gate: EnvironmentKey, _ environment: LiveEnvironment, encrypts: Bool
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
            throw keeper.damaged(environment, "the wrap of key \(record.id) does not open")
        }
        guard let secret else { throw HierarchyError.wipedMeanwhile }
        let scope: Scope.Kind
        var hour: Hour?
        var connection: ConnectionID?
        switch record.purpose {
        case .hourly(let number): (scope, hour) = (.event, number)
        case .connection(let name, _): (scope, connection) = (.connection, name)
        case .log: scope = .log
        }
        let span = record.purpose.kind == .hourly ? judge.span(of: record.createdAt) : nil
        let key = CachedKey(
            secret, of: environment, gate: gate, id: record.id, kind: record.purpose.kind, hour: hour, born: record.born, span: span,
            header: EnvelopeHeader.bytes(scope, environment: id, key: record.id), connection: connection, now: keeper.clock.now)
        let (now, hourNow) = (keeper.clock.now, keeper.wallClock.now.hour)
        var first: CachedKey?
        let kept = try settle(key, environment) { state in
            let held = state.cache.keys[key.id]
            // Requests that encrypt and requests that decrypt may each have fetched it: the first is in use, and stays; unless it was
            // fetched in a span of belief that is over, and so encrypts no more though the key does.
            if let held, held.gate === gate, held.isUsable(at: now), !encrypts || held.span?.isOver != true {
                first = held
            } else if let held {
                state.cache.remove(held)
            }
            let key = first ?? key
            state.cache.keys[key.id] = key
            let displaced = first == nil ? held : nil
            guard encrypts, record.born >= state.record.keyFloor else { return [displaced] }
            switch record.purpose {
            case .hourly(let hour): state.cache.setHour(hour, key, now: hourNow)
            case .connection(let name, _): state.cache.connections[name] = key
            case .log: state.cache.log = key
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
        _ key: CachedKey, _ environment: LiveEnvironment, _ keep: (inout LiveEnvironment.State) -> [CachedKey?]
    ) throws(HierarchyError) -> CachedKey {
        let now = keeper.clock.now
        let displaced: [CachedKey?]? = environment.withState { state in
            guard key.isUsable(at: now), state.life.shut == nil, !state.cache.isErased(key.id) else { return nil }
            return keep(&state)
        }
        guard let displaced else {
            key.wipe()
            throw HierarchyError.wipedMeanwhile
        }
        for other in displaced { other?.wipe() }
        return key
    }
}

extension HierarchyError {
    fileprivate static func tooManyConnectionKeys(_ name: EnvironmentName, _ most: Int) -> Self {
        Self(
            .limitReached, "\(name) has \(most) connection keys, the most that it may have: no key is made for another connection.",
            remedy: "Erase connections that are gone (`ekmctl erase \(name) --connection ID`), or raise limits.connection_keys.")
    }
}
