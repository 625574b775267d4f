internal import Cryptography
package import KeyHierarchy

/// Asks KMSs about keys without using them, and follows what they say.
package final class Poller: Sendable {
    private let directory: Keyring
    private let access: MainKeyAccess
    private let prover: Prover
    private let changes: MainKeyChanges
    private let keeper: LifeKeeper
    private let judge: ClockJudge
    private let board = PollBoard()
    private let looks = SharedLooks<Result<MainKeyInspection, MainKeyFailure>>()
    private let diagnoses = SharedLooks<[DiagnosisCheck]>()

    init(directory: Keyring, access: MainKeyAccess, prover: Prover, changes: MainKeyChanges, keeper: LifeKeeper, judge: ClockJudge) {
        self.directory = directory
        self.access = access
        self.prover = prover
        self.changes = changes
        self.keeper = keeper
        self.judge = judge
    }

    /// At most `limit` environments that depend on a key of which its KMS said something to look at.
    func warned(limit: Int) -> [LiveEnvironment] {
        board.warned(limit: limit).lazy.flatMap { [directory] in directory.sharing($0, limit: limit) }.prefix(limit).map { $0 }
    }

    /// What the last poll of a key said; nil before the first.
    package func lastPoll(of target: PollTarget) -> PollResult? { board[target] }

    /// Asks a KMS about one key, and does for every environment that shares it what the answer calls for.
    package func poll(_ target: PollTarget) async {
        let sharing = directory.sharing(target)
        guard let first = sharing.first(where: { $0.record.mainKey.reference.pollTarget == target }) ?? sharing.first else {
            return board.forget(target)
        }
        let answer = await inspect(target, of: first)
        await withTaskGroup { group in
            for environment in sharing { group.addTask { await self.follow(answer, target, environment) } }
        }
        // An alias that was pinned is looked at under each name that a customer gave.
        var names: Set = [first.givenName(of: target)]
        for environment in sharing where names.insert(environment.givenName(of: target)).inserted {
            _ = await inspect(target, of: environment)
        }
        await withTaskGroup { group in
            for environment in sharing where environment.record.pending?.record.reference.pollTarget == target {
                group.addTask { await self.changes.completePending(of: environment) }
            }
        }
    }

    /// Asks about the main key in force now, for somebody who looks at it, unless that was asked within the last seconds; a key that is off
    /// or gone is met as such.
    func look(at environment: LiveEnvironment) async {
        let record = environment.record
        guard let target = record.mainKey.reference.pollTarget else { return }
        let id = SharedLooks<Result<MainKeyInspection, MainKeyFailure>>.ID(environment: environment.identity.id, mainKey: record.mainKey.id)
        let answer = await looks.look(at: id, by: keeper.clock) { await inspect(target, of: environment) }
        meet(answer, record.mainKey.id, environment)
    }

    /// Has the KMS wrap the environment key anew: with its newest generation, whether it tells it or not.
    /// Where it tells generations, a new one is followed instead.
    package func refreshMainKey(of environment: LiveEnvironment) async throws(HierarchyError) {
        let record = environment.record
        guard let target = record.mainKey.reference.pollTarget else {
            throw HierarchyError(
                .wrongKind, "The main key of \(environment.identity.name) is in no KMS that could wrap anew.",
                remedy: "A managed key is rotated with `ekmctl key rotate`; uploaded material is replaced with `ekmctl key replace`.")
        }
        let answer = await inspect(target, of: environment)
        meet(answer, record.mainKey.id, environment)
        try await changes.refresh(environment, try? answer.get())
    }

    /// Walks the way to an environment's main key, and uses it; no proof comes of it, but a denial counts.
    package func diagnose(_ environment: LiveEnvironment) async -> [DiagnosisCheck] {
        let record = environment.record.mainKey
        let id = SharedLooks<[DiagnosisCheck]>.ID(environment: environment.identity.id, mainKey: record.id)
        return await diagnoses.look(at: id, by: keeper.clock) { await diagnose(record, of: environment) }
    }

    private func diagnose(_ record: MainKeyRecord, of environment: LiveEnvironment) async -> [DiagnosisCheck] {
        let mainKey: any MainKey
        do throws(MainKeyFailure) {
            mainKey = try await access.mainKey(record, of: environment.identity, for: .diagnosis)
        } catch { return [DiagnosisCheck("main key", error)] }
        let checks = await mainKey.diagnose(for: environment.identity)
        if checks.contains(where: { $0.outcome == .failed }) { await prover.prove(record.id, of: environment) }
        return checks
    }

    private func inspect(_ target: PollTarget, of environment: LiveEnvironment) async -> Result<MainKeyInspection, MainKeyFailure> {
        let result: Result<MainKeyInspection, MainKeyFailure>
        do throws(MainKeyFailure) {
            guard let record = environment.mainKey(target) else { throw .foreignContent }
            result = .success(try await access.mainKey(record, of: environment.identity).inspect(for: environment.identity))
        } catch { result = .failure(error) }
        let previous = board.post(PollResult(at: keeper.wallClock.now, inspection: result), for: target)
        if case .success(let inspection) = result { tell(inspection, previous, of: environment) }
        return result
    }

    /// Told once, and again when it changes.
    private func tell(_ inspection: MainKeyInspection, _ previous: PollResult?, of environment: LiveEnvironment) {
        var known: [String] = []
        if case .success(let last)? = previous?.inspection { known = last.sentences }
        for sentence in inspection.sentences where !known.contains(sentence) {
            keeper.tell(.warning(environment.identity, sentence))
        }
    }

    /// A key that is off or gone is revoked for all who share it, whether its state said so or the question was refused so.
    /// - Returns: whether the key may be used, as far as its KMS tells.
    @discardableResult
    private func meet(
        _ answer: Result<MainKeyInspection, MainKeyFailure>, _ mainKey: MainKeyID, _ environment: LiveEnvironment
    ) -> Bool {
        let failure: MainKeyFailure?
        switch answer {
        case .success(let inspection): failure = inspection.failure
        // A describe that fails says nothing of the key, unless it says that the key is off or gone.
        case .failure(let refused): failure = refused.verdict.wipes ? refused : nil
        }
        if let failure { keeper.run(.polled(mainKey, failure), of: environment) }
        return failure == nil
    }

    private func follow(
        _ answer: Result<MainKeyInspection, MainKeyFailure>, _ target: PollTarget, _ environment: LiveEnvironment
    ) async {
        let (record, lives, isShut) = environment.withState { ($0.record, $0.life.mainKeys, $0.life.shut != nil) }
        guard !isShut else { return }
        var isUsable = true
        for mainKey in record.mainKeys where mainKey.reference.pollTarget == target {
            isUsable = meet(answer, mainKey.id, environment) && isUsable
            guard isUsable else { continue }
            if isDue(answer, failed: lives[mainKey.id]?.failure != nil, environment) { await prover.prove(mainKey.id, of: environment) }
        }
        guard isUsable, case .success(let inspection) = answer, record.mainKey.reference.pollTarget == target else { return }
        if let generation = inspection.generation {
            if record.environmentKey.generation != generation { try? await changes.follow(generation, of: environment) }
        } else if judge.believedNow >= record.environmentKey.wrappedAt.advanced(by: keeper.settings.refreshInterval) {
            try? await changes.rewrap(environment)
        }
    }

    /// Access that returned is found by a proof, and with `purge` a denial is.
    private func isDue(_ answer: Result<MainKeyInspection, MainKeyFailure>, failed: Bool, _ environment: LiveEnvironment) -> Bool {
        let purges = keeper.settings.onRestriction == .purge
        switch answer {
        case .success: return failed || (purges && environment.isInUse(at: keeper.clock.now, within: keeper.settings.timeToLive))
        case .failure(let refused): return refused.verdict == .restricted && (failed || purges)
        }
    }
}

extension MainKeyInspection {
    /// What a person should know of it.
    package var sentences: [String] {
        var sentences = warnings
        if let endsAt { sentences.append("The main key, or its material, ends at \(endsAt): after that nothing under it can be read.") }
        return sentences
    }
}

extension LiveEnvironment {
    /// Whether any of its keys was used lately.
    package func isInUse(at now: BootInstant, within time: Duration) -> Bool {
        withState { state in
            state.cache.environmentKeys.values.contains { $0.lastUse.advanced(by: time) > now && $0.lastUse.nanoseconds > 0 }
        }
    }

    /// What the customer wrote for the key; nil where that was its very name.
    fileprivate func givenName(of target: PollTarget) -> String? {
        mainKey(target)?.reference.options[MainKeyReference.givenOption].flatMap { $0 == target.identifier ? nil : $0 }
    }

    fileprivate func mainKey(_ target: PollTarget) -> MainKeyRecord? {
        record.mainKeysAndPending.first { $0.reference.pollTarget == target }
    }
}

extension EnvironmentRecord {
    /// All that a KMS is asked about.
    var mainKeysAndPending: [MainKeyRecord] { mainKeys + (pending.map { [$0.record] } ?? []) }
}
