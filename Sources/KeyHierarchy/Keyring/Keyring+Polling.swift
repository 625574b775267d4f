internal import Bedrock
internal import Cryptography

extension Keyring {
    /// Asks a KMS about one key, and does for every environment that shares it what the answer calls for.
    package func poll(_ target: PollTarget) async {
        let sharing = environments.filter { $0.pollTargets.contains(target) }
        guard let first = sharing.first(where: { $0.uses(target) }) ?? sharing.first else { return forgetPoll(target) }
        switch await inspect(target, of: first) {
        case .success(let inspection): await follow(inspection, target, sharing)
        case .failure(let failure): await meet(failure, target, sharing)
        }
        // An alias that was pinned is looked at under each name that a customer gave.
        var names: Set = [first.givenName(of: target)]
        for environment in sharing where names.insert(environment.givenName(of: target)).inserted {
            _ = await inspect(target, of: environment)
        }
        await withTaskGroup { group in
            for environment in sharing where environment.withState({ $0.record.pendingMainKey?.reference.pollTarget == target }) {
                group.addTask { await self.completePending(of: environment) }
            }
        }
    }

    /// What the last poll of a key said; nil before the first.
    package func lastPoll(of target: PollTarget) -> PollResult? { polls.withLock { $0[target] } }

    func inspect(_ target: PollTarget, of environment: LiveEnvironment) async -> Result<MainKeyInspection, MainKeyFailure> {
        let result: Result<MainKeyInspection, MainKeyFailure>
        do throws(MainKeyFailure) {
            guard let record = environment.mainKey(target) else { throw .foreignContent }
            let mainKey = try provider.mainKey(for: record, of: environment.identity)
            await pace(record.reference)
            result = .success(try await mainKey.inspect(for: environment.identity))
        } catch { result = .failure(error) }
        let previous = polls.withLock { $0.updateValue(PollResult(at: wallClock.now, inspection: result), forKey: target) }
        if case .success(let inspection) = result { warn(inspection, previous, of: environment) }
        return result
    }

    private func forgetPoll(_ target: PollTarget) { polls.withLock { _ = $0.removeValue(forKey: target) } }

    /// Told once, and again when it changes.
    private func warn(_ inspection: MainKeyInspection, _ previous: PollResult?, of environment: LiveEnvironment) {
        var known: [String] = []
        if case .success(let last)? = previous?.inspection { known = last.sentences }
        for sentence in inspection.sentences where !known.contains(sentence) { tell(.warning(environment.identity, sentence)) }
    }

    private func follow(_ inspection: MainKeyInspection, _ target: PollTarget, _ sharing: [LiveEnvironment]) async {
        await withTaskGroup { group in
            for environment in sharing {
                group.addTask { await self.follow(inspection, target, environment) }
            }
        }
    }

    private func follow(_ inspection: MainKeyInspection, _ target: PollTarget, _ environment: LiveEnvironment) async {
        let (record, lives, isShut) = environment.withState { state in
            (state.record, state.lives, state.isDeleted || state.record.lock != nil || state.record.damage != nil)
        }
        guard !isShut else { return }
        for mainKey in record.mainKeys where mainKey.reference.pollTarget == target {
            let life = lives[mainKey.id] ?? MainKeyLife()
            if let failure = inspection.failure {
                deny(failure, mainKey, record, life, environment)
            } else if life.failure != nil
                || (settings.onRestriction == .purge && environment.isInUse(at: clock.now, within: settings.timeToLive))
            {
                // Access that returned is found here, and with `purge` a denial is.
                for version in record.versions(under: mainKey.id) {
                    _ = try? await environmentKey(of: environment, version: version, renewing: true)
                }
            }
        }
        guard inspection.failure == nil, record.mainKey.reference.pollTarget == target else { return }
        if let generation = inspection.generation {
            if record.environmentKey.generation != generation { try? await adopt(generation, of: environment) }
        } else if believedNow >= record.environmentKey.wrappedAt.advanced(by: settings.refreshInterval) {
            try? await rewrap(environment)
        }
    }

    /// A describe that fails is no verdict on the key, unless it says that the key is off or gone: then it is, for all who share it.
    private func meet(_ failure: MainKeyFailure, _ target: PollTarget, _ sharing: [LiveEnvironment]) async {
        for environment in sharing {
            let (record, lives) = environment.withState { ($0.record, $0.lives) }
            for mainKey in record.mainKeys where mainKey.reference.pollTarget == target {
                let life = lives[mainKey.id] ?? MainKeyLife()
                if failure.verdict.wipes {
                    deny(failure, mainKey, record, life, environment)
                } else if failure.verdict == .restricted, life.failure != nil || settings.onRestriction == .purge {
                    for version in record.versions(under: mainKey.id) {
                        _ = try? await environmentKey(of: environment, version: version, renewing: true)
                    }
                }
            }
        }
    }

    private func deny(
        _ failure: MainKeyFailure, _ mainKey: MainKeyRecord, _ record: EnvironmentRecord, _ life: MainKeyLife,
        _ environment: LiveEnvironment
    ) {
        // Told already, and nothing was proved since.
        if life.verdict?.verdict == failure.verdict, life.verdict?.reason == failure.reason { return }
        guard let key = record.versions(under: mainKey.id).last.flatMap({ record.environmentKey($0) }) else { return }
        let revision = environment.withState { $0.revision }
        refuse(
            environment, failure, PendingProof(key: key, mainKey: mainKey, revision: revision, lifeRevision: life.revision))
    }

    // MARK: Renewal

    /// Proves again what is in use, before its deadline; nobody waits for it. An idle environment is left to expire.
    package func renew(_ environment: LiveEnvironment) async {
        let due = environment.withState { state in
            state.environmentKeys.values.filter { $0.lastUse > $0.sentAt || $0 === state.currentKey }.map(\.version)
        }
        // The current one first: without it, the older ones may not live.
        for version in due.sorted(by: >) { _ = try? await environmentKey(of: environment, version: version, renewing: true) }
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

extension EnvironmentRecord {
    /// The one in force, then the former ones.
    var mainKeys: [MainKeyRecord] { [mainKey] + formerMainKeys }

    /// The versions that a main key wraps, oldest first.
    func versions(under mainKey: MainKeyID) -> [EnvironmentKeyVersion] {
        ([environmentKey] + olderEnvironmentKeys).filter { $0.mainKey == mainKey }.map(\.version).sorted()
    }
}

extension LiveEnvironment {
    /// The keys in a KMS that this environment depends on, or waits for.
    package var pollTargets: Set<PollTarget> {
        withState { state in
            guard !state.isDeleted else { return [] }
            let records = state.record.mainKeys + (state.record.pendingMainKey.map { [$0] } ?? [])
            return Set(records.compactMap(\.reference.pollTarget))
        }
    }

    fileprivate func uses(_ target: PollTarget) -> Bool { withState { $0.record.mainKey.reference.pollTarget == target } }

    /// What the customer wrote for the key; nil where that was its very name.
    fileprivate func givenName(of target: PollTarget) -> String? {
        mainKey(target)?.reference.options["given"].flatMap { $0 == target.identifier ? nil : $0 }
    }

    fileprivate func mainKey(_ target: PollTarget) -> MainKeyRecord? {
        withState { state in
            (state.record.mainKeys + (state.record.pendingMainKey.map { [$0] } ?? [])).first { $0.reference.pollTarget == target }
        }
    }

    /// Whether any of its keys was used lately.
    package func isInUse(at now: BootInstant, within time: Duration) -> Bool {
        withState { state in state.environmentKeys.values.contains { $0.lastUse.advanced(by: time) > now && $0.lastUse.nanoseconds > 0 } }
    }
}
