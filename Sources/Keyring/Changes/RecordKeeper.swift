internal import Bedrock
internal import Cryptography
package import KeyHierarchy

/// Makes changes in the store, each decided on the record as it is, and lets the lives of environments know what became of them.
package final class RecordKeeper: Sendable {
    let store: any KeyStore
    let keeper: LifeKeeper
    private let directory: Keyring
    /// Environments of which the store has not kept a lock yet, or of whose record nobody is certain.
    private let unfinished = Lock<Set<EnvironmentID>>([])
    /// How many deletions there were, and up to which of them everything is purged. One may be due from before this start.
    private let deletions = Lock((count: UInt64(1), purged: UInt64(0)))
    /// One after the other, and how many were begun.
    private let purging = AsyncLock()
    private let purges = Lock<UInt64>(0)
    private let due = Lock<PurgeDue?>(nil)
    /// Whether rows of deleted environments may be left.
    private let isSweeping = Lock(false)
    /// How often a change is decided anew because another came first.
    private static let attempts = 5
    /// How many batches of what deleted environments left are deleted in one go.
    private static let deletionsAtOnce = 50
    /// Environments of which the store does not know whether it has kept them.
    private let unknownCreations = Lock<Set<EnvironmentID>>([])

    init(store: any KeyStore, keeper: LifeKeeper, directory: Keyring) {
        self.store = store
        self.keeper = keeper
        self.directory = directory
    }

    /// Decides a change on the record as it is known now, and makes it; decides again where another change was first.
    /// - Parameters:
    ///   - act: what the life of the environment is told of it.
    ///   - secret: the key of a new version, where the act brings its proof.
    ///   - decide: nil: there is nothing to do.
    /// - Returns: nil where there was nothing to do.
    @discardableResult
    func change(
        _ environment: LiveEnvironment, _ act: LifeEvent.Act = .refreshed, secret: consuming SecretBytes? = nil,
        _ decide: (EnvironmentRecord) throws(HierarchyError) -> EnvironmentChange?
    ) async throws(HierarchyError) -> AppliedChange? {
        var secret: SecretBytes? = consume secret
        for _ in 0..<Self.attempts {
            let record = environment.record
            guard let change = try decide(record) else { return nil }
            do throws(KeyStoreError) {
                let applied = try await store.apply(change, to: environment.identity.id, from: record.revision)
                take(applied, act, environment, secret: secret.take())
                return applied
            } catch {
                guard error.code == .stale else { throw failed(error, environment) }
                try await refresh(environment)
            }
        }
        throw .changedMeanwhile
    }

    private func take(_ applied: AppliedChange, _ act: LifeEvent.Act, _ environment: LiveEnvironment, secret: consuming SecretBytes?) {
        if applied.isPurgeDue { notePurgeDue() }
        guard let record = applied.record else { return end(environment) }
        take(record, act, environment, secret: secret)
    }

    /// Lets the environment live on with a record of the store's, and has whoever works on a repack know of one that is new, or goes on:
    /// the request that changed it may have been told that nobody knows.
    private func take(
        _ record: EnvironmentRecord, _ act: LifeEvent.Act, _ environment: LiveEnvironment, secret: consuming SecretBytes? = nil
    ) {
        let known = environment.record.repack
        keeper.run(.changed(record, act), of: environment, secret: secret)
        guard let repack = record.repack else { return }
        let isNew = repack.target != known?.target
        guard isNew || (known?.state == .paused && repack.state == .running) else { return }
        if isNew { environment.withState { $0.repackProgress = RepackProgress() } }
        keeper.tell(.repackDue(environment.identity.id))
    }

    /// Reads the environment's record anew.
    func refresh(_ environment: LiveEnvironment) async throws(HierarchyError) {
        let record = try await keeper.fromStore(environment) { () throws(KeyStoreError) in
            try await store.environment(environment.identity.id)
        }
        guard let record else {
            end(environment)
            throw .unknown(environment.identity.name)
        }
        take(record, .refreshed, environment)
    }

    private func end(_ environment: LiveEnvironment) {
        directory.remove(environment)
        keeper.run(.deleted, of: environment)
    }

    private func failed(_ error: KeyStoreError, _ environment: LiveEnvironment) -> HierarchyError {
        switch error.code {
        case .unknownOutcome:
            settleSoon(environment)
            return keeper.run(.unsettled(error), of: environment).refusal ?? HierarchyError(error)
        case .damaged: return keeper.damaged(environment, error.message)
        case .exists: return HierarchyError(.generationPassed, error.message, remedy: error.remedy)
        case .wouldLose: return .wouldLose(error.count ?? 0)
        default: return HierarchyError(error)
        }
    }

    /// Nobody knows whether the environment is there: once the store can tell, so can the directory.
    func noteUnknownCreation(_ id: EnvironmentID) { unknownCreations.withLock { _ = $0.insert(id) } }

    private func lookUp(_ id: EnvironmentID) async {
        do throws(KeyStoreError) {
            if let record = try await store.environment(id) { directory.add(LiveEnvironment(record, lease: store)) }
            unknownCreations.withLock { _ = $0.remove(id) }
        } catch { return }
    }

    // MARK: Locks

    /// Shuts the environment, and has the store keep that; what the store could not keep stays shut, and is tried again.
    func lock(_ environment: LiveEnvironment, reason: String) async throws(HierarchyError) {
        let effects = keeper.run(.locked(at: keeper.wallClock.now, reason: reason), of: environment)
        if let refusal = effects.refusal { throw refusal }
        do throws(HierarchyError) { try await keepLocks(environment) } catch {
            unfinished.withLock { _ = $0.insert(environment.identity.id) }
            var failure = error
            failure.message =
                "The environment is shut, but the store has not kept the lock yet: it would be open after a restart. ekmd goes on trying. "
                + error.message
            throw failure
        }
    }

    private func keepLocks(_ environment: LiveEnvironment) async throws(HierarchyError) {
        while let lock = environment.withState({ $0.life.unkeptLocks.first }) {
            try await change(environment) { _ in environment.withState { $0.life.unkeptLocks.contains(lock) } ? .lock(lock) : nil }
        }
    }

    // MARK: What is still to be done

    /// Goes on with what the store could not do before.
    package func settle() async {
        for id in unfinished.withLock({ $0 }) { await settle(id) }
        for id in unknownCreations.withLock({ $0 }) { await lookUp(id) }
        await sweepDeletions()
        await purge(after: "What was deleted is gone")
    }

    /// Has the store be rid of the environment that was deleted last: of the rows of its keys, and of their bytes.
    /// - Returns: nil once nothing of it stands in the store's file or log any more; else why not, and it is tried again.
    func purgeDeleted(after what: String) async -> PurgeDue? {
        await sweepDeletions()
        if let due = await purge(after: what) { return due }
        guard isSweeping.withLock({ $0 }) else { return nil }
        return note(
            "\(what), and nothing opens what it encrypted; but the rows of its keys still stand in the key store. "
                + "ekmd deletes them by and by, and says in its log when they are gone.")
    }

    /// Deletes what deleted environments left, up to a bound.
    private func sweepDeletions() async {
        for _ in 0..<Self.deletionsAtOnce {
            let sweep = try? await store.continueDeletions(limit: 2_000)
            // What a failed sweep has deleted nobody knows.
            if sweep != .idle { notePurgeDue() }
            isSweeping.withLock { $0 = sweep == nil || sweep == .more }
            guard sweep == .more else { return }
        }
    }

    /// Nobody can use the environment until it is known whether the change was kept: that is not put off to the next tick.
    private func settleSoon(_ environment: LiveEnvironment) {
        let id = environment.identity.id
        guard unfinished.withLock({ $0.insert(id).inserted }) else { return }
        Task {
            var pause = Duration.milliseconds(100)
            for _ in 0..<8 where unfinished.withLock({ $0.contains(id) }) {
                try? await Task.sleep(for: pause)
                await settle(id)
                pause = pause * 2
            }
        }
    }

    /// For who needs the environment now: the store may be able to tell meanwhile.
    func settle(_ environment: LiveEnvironment) async {
        guard environment.withState({ $0.life.unsettled != nil }) else { return }
        await environment.changes.take()
        defer { environment.changes.give() }
        guard environment.withState({ $0.life.unsettled != nil }) else { return }
        await settle(environment.identity.id)
    }

    private func settle(_ id: EnvironmentID) async {
        guard let environment = directory.environment(id) else { return unfinished.withLock { _ = $0.remove(id) } }
        do throws(HierarchyError) {
            try await refresh(environment)
            try await keepLocks(environment)
            unfinished.withLock { _ = $0.remove(id) }
        } catch { return }
    }

    /// Something was deleted whose bytes may still stand in the store's file or log.
    func notePurgeDue() { deletions.withLock { $0.count += 1 } }

    /// Has the store be rid of everything that was deleted before.
    /// - Parameter what: what is done, whether or not that works: a sentence without its full stop.
    /// - Returns: nil once nothing of it stands in the store's file or log any more; else why not, and it is tried again.
    @discardableResult
    func purge(after what: String) async -> PurgeDue? {
        let before = purges.withLock { $0 }
        await purging.take()
        defer { purging.give() }
        let (count, purged) = deletions.withLock { $0 }
        guard purged < count else { return nil }
        // A purge looks through the whole file: those who come together share the next one, and how it ended.
        guard purges.withLock({ $0 }) == before else { return purgeDue }
        purges.withLock { $0 += 1 }
        do throws(KeyStoreError) { try await store.purge() } catch {
            return note(
                "\(what), but the bytes still stand in the log of the key store: \(error) ekmd tries again by itself, "
                    + "and says in its log when they are gone.")
        }
        deletions.withLock { $0.purged = max($0.purged, count) }
        guard !isSweeping.withLock({ $0 }) else { return nil }
        let known = due.withLock { due in
            defer { due = nil }
            return due
        }
        if let known { keeper.tell(.purged(since: known.since)) }
        return nil
    }

    private func note(_ reason: String) -> PurgeDue {
        let now = keeper.wallClock.now
        return due.withLock { due in
            let known = PurgeDue(since: due?.since ?? now, reason: reason)
            due = known
            return known
        }
    }

    /// What somebody was told to be still in the store's file or log.
    package var purgeDue: PurgeDue? { due.withLock { $0 } }
}

extension HierarchyError {
    static let changedMeanwhile = Self(
        .wiped, "The environment's main key was changed by another request meanwhile; this one changed nothing.",
        remedy: "Look at `ekmctl key show`, then try again.")
}
