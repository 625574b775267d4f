internal import Cryptography

extension Keyring {
    /// How a step of a repack ended.
    package enum RepackStep: Sendable {
        /// So many keys were moved; there may be more.
        case moved(Int)
        /// It has to wait; told by `repackView`.
        case waits
        /// There is nothing to do: it ended, or an operator paused it.
        case idle
    }

    /// Moves at most `limit` keys, in one transaction, under unexpired proofs of both main keys.
    /// - Parameters:
    ///   - turn: shared by all repacks; held from the cryptography to the transaction, and never while a KMS is asked.
    ///   - compute: runs the cryptography of the batch where it delays nobody.
    package func repackStep(
        of environment: LiveEnvironment, limit: Int, turn: Turn,
        compute: @Sendable (@escaping @Sendable () -> Result<[MovedKey], HierarchyError>) async -> Result<[MovedKey], HierarchyError>
    ) async -> RepackStep {
        do throws(HierarchyError) {
            guard let repack = environment.withState({ $0.record.repack }), repack.state == .running else {
                return try await sweep(environment, limit: limit) ? .moved(0) : .idle
            }
            return try await step(repack, of: environment, limit: limit, turn: turn, compute: compute)
        } catch {
            environment.withState { $0.repackProgress.waits(for: error) }
            return .waits
        }
    }

    private func step(
        _ repack: RepackRecord, of environment: LiveEnvironment, limit: Int, turn: Turn,
        compute: @Sendable (@escaping @Sendable () -> Result<[MovedKey], HierarchyError>) async -> Result<[MovedKey], HierarchyError>
    ) async throws(HierarchyError) -> RepackStep {
        let id = environment.identity.id
        let target = try await environmentKey(of: environment)
        guard target.version == repack.target else { return .moved(0) }
        let batch = try await fromStore(environment) { store throws(KeyStoreError) in
            try await store.repackBatch(of: id, to: repack.target, after: repack.cursor, limit: limit)
        }
        guard let cursor = batch.cursor else { return try await finish(repack, of: environment) }
        var sources: [EnvironmentKeyVersion: EnvironmentKey] = [:]
        var refusal: HierarchyError?
        for version in Set(batch.items.flatMap { $0.wraps.map(\.version) }) where version != target.version {
            do throws(HierarchyError) { sources[version] = try await environmentKey(of: environment, version: version) } catch {
                refusal = error
            }
        }
        let opened = sources
        let movable = batch.items.filter { item in item.wraps.contains { opened[$0.version] != nil } }
        if movable.isEmpty, let refusal { throw refusal }
        // Keys that must wait for their own main key are visited again: the cursor stays before them.
        let reached = movable.count == batch.items.count ? cursor : repack.cursor
        let count = try await turn.run { () throws(HierarchyError) in
            let moved = try await compute { Self.move(movable, from: opened, to: target, in: id) }.get()
            let now = self.clock.now
            target.touch(now)
            for source in opened.values { source.touch(now) }
            guard target.isLive(at: now), opened.values.allSatisfy({ $0.isLive(at: now) }) else { throw .wipedMeanwhile }
            try await self.keep(moved, of: environment, to: target.version, cursor: reached)
            return moved.count
        }
        if let refusal { throw refusal }
        return .moved(count)
    }

    private func keep(
        _ moved: [MovedKey], of environment: LiveEnvironment, to target: EnvironmentKeyVersion, cursor: KeyID?
    ) async throws(HierarchyError) {
        let record: RepackRecord
        do { record = try await store.move(moved, of: environment.identity.id, to: target, cursor: cursor) } catch {
            // Cancelled, or taken over by another: the next step sees which.
            guard error.code == .missing else { throw HierarchyError(error) }
            return try await refreshRecord(of: environment)
        }
        let now = clock.now
        environment.withState { state in
            guard state.record.repack?.target == target else { return }
            // The operator may have paused it meanwhile.
            let held = state.record.repack?.state
            state.record.repack = record
            if let held { state.record.repack?.state = held }
            state.repackProgress.note(moved: record.moved, at: now)
        }
    }

    @inline(never)
    private static func move(
        _ items: [RepackBatch.Item], from sources: [EnvironmentKeyVersion: EnvironmentKey], to target: EnvironmentKey,
        in environment: EnvironmentID
    ) -> Result<[MovedKey], HierarchyError> {
        var moved: [MovedKey] = []
        moved.reserveCapacity(items.count)
        do throws(CryptographyError) {
            for (version, source) in sources {
                let mine = items.filter { $0.wraps.first { sources[$0.version] != nil }?.version == version }
                let done = try target.withWrapper { (new: KeyWrapper) throws(CryptographyError) -> [MovedKey]? in
                    try source.withWrapper { (old: KeyWrapper) throws(CryptographyError) -> [MovedKey] in
                        try rewrap(mine, from: version, old, to: target.version, new, in: environment)
                    }
                }
                guard let done, let done else { return .failure(.wipedMeanwhile) }
                moved += done
            }
        } catch {
            guard error.code == .cannotOpen else { return .failure(HierarchyError(error)) }
            return .failure(
                HierarchyError(
                    .damaged, "A key's wrap does not open, though its environment's key is the right one: the store was changed.",
                    remedy: "Restore the store from a backup; the repack waits, and nothing was dropped."))
        }
        return .success(moved)
    }

    @inline(never)
    private static func rewrap(
        _ items: [RepackBatch.Item], from version: EnvironmentKeyVersion, _ old: KeyWrapper, to target: EnvironmentKeyVersion,
        _ new: KeyWrapper, in environment: EnvironmentID
    ) throws(CryptographyError) -> [MovedKey] {
        var moved: [MovedKey] = []
        moved.reserveCapacity(items.count)
        for item in items {
            guard let wrap = item.wraps.first(where: { $0.version == version }) else { continue }
            moved.append(MovedKey(key: item.key, bytes: try rewrap(item, wrap, old, to: target, new, in: environment)))
        }
        return moved
    }

    @inline(never)
    private static func rewrap(
        _ item: RepackBatch.Item, _ wrap: Wrap, _ old: KeyWrapper, to target: EnvironmentKeyVersion, _ new: KeyWrapper,
        in environment: EnvironmentID
    ) throws(CryptographyError) -> [UInt8] {
        let from = WrapPlace.stored(item.kind, item.key, in: environment, under: wrap.version)
        let to = WrapPlace.stored(item.kind, item.key, in: environment, under: target)
        let bytes = wrap.bytes
        let secret = try unsafe old.unwrap(bytes.span.bytes, place: from)
        return try new.wrap(secret, place: to)
    }

    /// Drops the old wraps, in the transaction that proves that every live key has one under the target.
    private func finish(_ repack: RepackRecord, of environment: LiveEnvironment) async throws(HierarchyError) -> RepackStep {
        let lacking: Int = try await environment.changes.run { () throws(HierarchyError) in
            guard environment.withState({ $0.record.repack?.target == repack.target }) else { return 0 }
            let lacking = try await self.fromStore(environment) { store throws(KeyStoreError) in
                try await store.finishRepack(of: environment.identity.id)
            }
            try await self.refreshRecord(of: environment)
            return lacking
        }
        // Keys that were born while the target became current are visited in another round.
        guard lacking == 0 else { return .moved(0) }
        let known = environment.withState { state in
            state.repackProgress = RepackProgress()
            return Set([state.record.environmentKey.version] + state.record.olderEnvironmentKeys.map(\.version))
        }
        if environment.end(versions: { !known.contains($0.version) }) {
            tell(.dropped(environment.identity.id))
            tell(.proved(environment.identity.id, until: environment.nextDeadline))
        }
        tell(.repacked(environment.identity, repack.target))
        return .moved(0)
    }

    private func sweep(_ environment: LiveEnvironment, limit: Int) async throws(HierarchyError) -> Bool {
        guard environment.withState({ !$0.isDeleted && $0.record.damage == nil }) else { return false }
        return try await fromStore(environment) { _ throws(KeyStoreError) in
            var mayBeMore = false
            _ = try await destroy { store throws(KeyStoreError) in
                mayBeMore = try await store.sweepRetired(of: environment.identity.id, limit: limit)
            }
            return mayBeMore
        }
    }

    // MARK: The operator

    package func pauseRepack(of environment: LiveEnvironment) async throws(HierarchyError) { try await setRepack(.paused, of: environment) }

    package func resumeRepack(of environment: LiveEnvironment) async throws(HierarchyError) {
        try await setRepack(.running, of: environment)
        tell(.repackDue(environment.identity.id))
    }

    private func setRepack(_ state: RepackRecord.State, of environment: LiveEnvironment) async throws(HierarchyError) {
        guard environment.withState({ $0.record.repack != nil }) else { throw .noRepack(environment.identity.name) }
        do { try await store.setRepackState(state, of: environment.identity.id) } catch {
            throw error.code == .missing ? .noRepack(environment.identity.name) : HierarchyError(error)
        }
        try await refreshRecord(of: environment)
    }

    /// Takes a replacement back while its repack runs: the old main key, which must answer, is in force again.
    package func cancelRepack(of environment: LiveEnvironment) async throws(HierarchyError) {
        let identity = environment.identity
        try await environment.changes.run { () throws(HierarchyError) in
            try environment.withState { state throws(HierarchyError) in try environment.refuseIfShut(state) }
            guard let repack = environment.withState({ $0.record.repack }) else { throw .noRepack(identity.name) }
            guard repack.cause == .replacement else {
                throw HierarchyError(
                    .wouldLose,
                    "This repack follows a rotation, which cannot be taken back: the main key encrypts with its new generation.",
                    remedy: "Pause it with `ekmctl repack pause \(identity.name)` if it is in the way.")
            }
            _ = try await self.environmentKey(of: environment)
            _ = try await self.environmentKey(of: environment, version: repack.previous, renewing: true)
            let lacking = try await self.fromStore(environment) { store throws(KeyStoreError) in
                try await store.cancelRepack(of: identity.id, at: self.believedNow)
            }
            guard lacking == 0 else {
                throw HierarchyError(
                    .wouldLose,
                    "\(lacking) \(lacking == 1 ? "key hangs" : "keys hang") under the new main key alone: cancelling would lose "
                        + (lacking == 1 ? "it." : "them."),
                    remedy: "Let the repack end; then replace the main key again, once the 24 hours have passed.")
            }
            try await self.refreshRecord(of: environment)
        }
        let retired: [CachedKey] = environment.withState { $0.retireForEncryption() }
        for key in retired { key.wipe() }
        let known = environment.withState { Set([$0.record.environmentKey.version] + $0.record.olderEnvironmentKeys.map(\.version)) }
        _ = environment.end(versions: { !known.contains($0.version) })
        tell(.dropped(identity.id))
        tell(.proved(identity.id, until: environment.nextDeadline))
        tell(.repackDue(identity.id))
    }
}

extension HierarchyError {
    static func noRepack(_ name: EnvironmentName) -> Self {
        Self(.noRepack, "No repack is under way in \(name).", remedy: "`ekmctl key show \(name)` says under which main keys its keys hang.")
    }
}
