internal import Cryptography
package import KeyHierarchy

/// Moves keys under a new version of their environment's key, batch by batch.
package final class Repacker: Sendable {
    /// How a step of a repack ended.
    package enum Step: Sendable {
        /// So many keys were moved; there may be more.
        case moved(Int)
        /// It has to wait; told by `RepackView`.
        case waits
        /// There is nothing to do: it ended, or an operator paused it.
        case idle
    }

    /// Runs the cryptography of a batch where it delays nobody.
    package typealias Compute =
        @Sendable (@escaping @Sendable () -> Result<[MovedKey], HierarchyError>) async -> Result<[MovedKey], HierarchyError>

    private let prover: Prover
    private let records: RecordKeeper
    private let judge: ClockJudge

    init(prover: Prover, records: RecordKeeper, judge: ClockJudge) {
        self.prover = prover
        self.records = records
        self.judge = judge
    }

    private var keeper: LifeKeeper { records.keeper }

    /// Moves at most `limit` keys, in one transaction, under unexpired proofs of both main keys.
    /// - Parameters:
    ///   - turn: shared by all repacks; held from the cryptography to the transaction, and never while a KMS is asked.
    package func step(of environment: LiveEnvironment, limit: Int, turn: AsyncLock, compute: Compute) async -> Step {
        do throws(HierarchyError) {
            guard let repack = environment.record.repack, repack.state == .running else {
                return try await sweep(environment, limit: limit) ? .moved(0) : .idle
            }
            return try await step(repack, of: environment, limit: limit, turn: turn, compute: compute)
        } catch {
            environment.withState { $0.repackProgress.waits(for: error) }
            return .waits
        }
    }

    private func step(
        _ repack: RepackRecord, of environment: LiveEnvironment, limit: Int, turn: AsyncLock, compute: Compute
    ) async throws(HierarchyError) -> Step {
        let id = environment.identity.id
        let target = try await prover.environmentKey(of: environment)
        guard target.version == repack.target else { return .moved(0) }
        guard try await mayGoOn(environment) else { return .waits }
        let batch = try await keeper.fromStore(environment) { () throws(KeyStoreError) in
            try await records.store.repackBatch(of: id, to: repack.target, after: repack.cursor, limit: limit)
        }
        guard let cursor = batch.cursor else { return try await finish(repack, of: environment) }
        var sources: [EnvironmentKeyVersion: EnvironmentKey] = [:]
        for version in Set(batch.items.flatMap { $0.wraps.map(\.version) }) where version != target.version {
            do throws(HierarchyError) { sources[version] = try await prover.environmentKey(of: environment, version: version) } catch {
                environment.withState { $0.repackProgress.refuses([version], error) }
            }
        }
        let opened = sources
        // Those that cannot be moved are left behind, and visited again in the next round: they hold nobody up.
        let movable = batch.items.filter { item in item.wraps.contains { opened[$0.version] != nil } }
        let count = try await turn.run { () throws(HierarchyError) in
            let moved = try await compute { KeyMove(sources: opened, target: target, environment: id).move(movable) }.get()
            let now = keeper.clock.now
            target.touch(now)
            for source in opened.values { source.touch(now) }
            guard target.isLive(at: now), opened.values.allSatisfy({ $0.isLive(at: now) }) else { throw .wipedMeanwhile }
            try await keep(moved, of: environment, to: target.version, cursor: cursor)
            return moved.count
        }
        return .moved(count)
    }

    /// Where every key that is left could not be moved, nothing is read again before one of their main keys answers.
    private func mayGoOn(_ environment: LiveEnvironment) async throws(HierarchyError) -> Bool {
        let (isWaiting, refused) = environment.withState { ($0.repackProgress.waitingFor != nil, $0.repackProgress.refused) }
        guard isWaiting, !refused.isEmpty else { return true }
        var refusal: HierarchyError?
        for version in refused where environment.record.environmentKey(version) != nil {
            do throws(HierarchyError) {
                try await prover.environmentKey(of: environment, version: version)
                environment.withState { $0.repackProgress.goesOn() }
                return true
            } catch { refusal = error }
        }
        guard let refusal else {
            environment.withState { $0.repackProgress.goesOn() }
            return true
        }
        environment.withState { $0.repackProgress.waits(for: refusal) }
        return false
    }

    private func keep(
        _ moved: [MovedKey], of environment: LiveEnvironment, to target: EnvironmentKeyVersion, cursor: KeyID?
    ) async throws(HierarchyError) {
        let repack: RepackRecord
        do { repack = try await records.store.move(moved, of: environment.identity.id, to: target, cursor: cursor) } catch {
            // Paused, cancelled, or taken over by another; or it may have been kept: the next step sees which.
            guard error.code == .missing || error.code == .unknownOutcome else {
                return try await keeper.fromStore(environment) { () throws(KeyStoreError) in throw error }
            }
            return try await records.refresh(environment)
        }
        let now = keeper.clock.now
        keeper.run(.moved(repack), of: environment)
        environment.withState { $0.repackProgress.note(moved: moved.count, of: repack.moved, at: now) }
    }

    /// Drops the old wraps, in the transaction that proves that every live key has one under the target.
    private func finish(_ repack: RepackRecord, of environment: LiveEnvironment) async throws(HierarchyError) -> Step {
        do throws(HierarchyError) {
            let applied = try await records.change(environment, .retired) { record in
                record.repack?.target == repack.target && record.repack?.state == .running ? .finishRepack : nil
            }
            if applied != nil { keeper.tell(.repacked(environment.identity, repack.target)) }
            return .moved(0)
        } catch {
            guard error.code == .wouldLose else { throw error }
        }
        // Keys that were born while the target became current, or whose main key did not answer, are visited in another round.
        try await keep([], of: environment, to: repack.target, cursor: nil)
        return environment.withState { $0.repackProgress.endRound() } ? .moved(0) : .waits
    }

    private func sweep(_ environment: LiveEnvironment, limit: Int) async throws(HierarchyError) -> Bool {
        guard environment.withState({ !$0.life.isDeleted && $0.record.damage == nil }) else { return false }
        let sweep = try await keeper.fromStore(environment) { () throws(KeyStoreError) in
            try await records.store.sweepRetired(of: environment.identity.id, limit: limit)
        }
        switch sweep {
        case .idle: return false
        case .more:
            records.notePurgeDue()
            return true
        case .ended:
            records.notePurgeDue()
            await records.purge(after: "The former main key and all that hung under it are deleted")
            return false
        }
    }

    // MARK: The operator

    package func pause(_ environment: LiveEnvironment) async throws(HierarchyError) { try await set(.paused, environment) }

    package func resume(_ environment: LiveEnvironment) async throws(HierarchyError) {
        try await set(.running, environment)
        keeper.tell(.repackDue(environment.identity.id))
    }

    private func set(_ state: RepackRecord.State, _ environment: LiveEnvironment) async throws(HierarchyError) {
        try await records.change(environment) { record throws(HierarchyError) in
            guard record.repack != nil else { throw .noRepack(record.identity.name) }
            return .setRepackState(state)
        }
    }

    /// Takes a replacement back while its repack runs: the old main key, which must answer, is in force again.
    package func cancel(_ environment: LiveEnvironment) async throws(HierarchyError) {
        let identity = environment.identity
        let target: EnvironmentKeyVersion = try await environment.changes.run { () throws(HierarchyError) in
            try environment.requireOpen()
            guard let repack = environment.record.repack else { throw .noRepack(identity.name) }
            guard repack.cause == .replacement else { throw .rotationCannotBeCancelled(identity.name) }
            try await prover.environmentKey(of: environment)
            try await prover.environmentKey(of: environment, version: repack.previous, .insistent)
            let now = judge.believedNow
            try await records.change(environment, .retired) { record throws(HierarchyError) in
                guard record.repack?.target == repack.target else { throw .noRepack(identity.name) }
                return .cancelRepack(at: now)
            }
            return repack.target
        }
        keeper.tell(.repackEnded(identity, target, .cancelled))
        keeper.tell(.repackDue(identity.id))
    }
}

extension HierarchyError {
    static func noRepack(_ name: EnvironmentName) -> Self {
        Self(.noRepack, "No repack is under way in \(name).", remedy: "`ekmctl key show \(name)` says under which main keys its keys hang.")
    }

    /// A repack that was to be cancelled would leave so many keys without a wrap; one that was to end goes on instead.
    static func wouldLose(_ keys: Int) -> Self {
        Self(
            .wouldLose,
            "\(keys) \(keys == 1 ? "key hangs" : "keys hang") under the new main key alone: cancelling would lose \(keys == 1 ? "it" : "them").",
            remedy: "Let the repack end; then replace the main key again, once the 24 hours have passed.")
    }

    fileprivate static func rotationCannotBeCancelled(_ name: EnvironmentName) -> Self {
        Self(
            .wouldLose, "This repack follows a rotation, which cannot be taken back: the main key encrypts with its new generation.",
            remedy: "Pause it with `ekmctl repack pause \(name)` if it is in the way.")
    }
}
