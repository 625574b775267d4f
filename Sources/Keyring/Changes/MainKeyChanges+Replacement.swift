package import Cryptography
package import KeyHierarchy

extension MainKeyChanges {
    /// How fast a repack is assumed to be where a plan is asked for; keys per second.
    private static let assumedRepackRate = 50_000

    /// Points an environment at another main key, once that has proved itself, and the old one has too.
    /// - Parameter material: the 32 bytes of an uploaded key; nil for the other kinds.
    /// - Throws: with the old main key in force, and untouched.
    package func replaceMainKey(
        of environment: LiveEnvironment, reference: MainKeyReference, material: consuming SecretBytes?, options: ReplacementOptions
    ) async throws(HierarchyError) -> ReplacementOutcome {
        if let restored = try await restore(reference, material: &material, of: environment, options) { return restored }
        guard !options.whenGranted || reference.pollTarget != nil else {
            throw HierarchyError(
                .wrongKind, "Only a key in a KMS can wait for its grant.",
                remedy: "Leave `--when-granted` out: this key can be used at once.")
        }
        let record = try setUp.newMainKey(reference, material: material, for: environment.identity)
        return try await environment.changes.run { () throws(HierarchyError) in
            try environment.requireOpen()
            let isWaived = try await requireReplacementAllowed(of: environment, options)
            let probed: MainKeyRecord
            do throws(HierarchyError) { probed = try await probe(record, for: environment) } catch {
                guard options.whenGranted, !options.isDryRun, let verdict = error.verdict, verdict.verdict != .mismatched else {
                    throw error
                }
                return try await register(record, of: environment, options, error)
            }
            return try await replace(with: probed, of: environment, options, isWaived: isWaived)
        }
    }

    func probe(_ candidate: MainKeyRecord, for environment: LiveEnvironment) async throws(HierarchyError) -> MainKeyRecord {
        try await setUp.probe(candidate, for: environment.identity) { meet($0, of: candidate, environment) }
    }

    /// A candidate that is off or gone may be a key that the environment hangs under: then that is off or gone, too.
    private func meet(_ failure: MainKeyFailure, of candidate: MainKeyRecord, _ environment: LiveEnvironment) {
        guard failure.verdict == .revoked, let target = candidate.reference.pollTarget else { return }
        for mainKey in environment.record.mainKeys where mainKey.reference.pollTarget == target {
            keeper.run(.polled(mainKey.id, failure), of: environment)
        }
    }

    /// - Returns: whether the 24 hours need not be waited for.
    /// - Throws: `.replacementTooSoon`, or `.clockInDoubt` where the clock cannot tell.
    func requireReplacementAllowed(
        of environment: LiveEnvironment, _ options: ReplacementOptions
    ) async throws(HierarchyError) -> Bool {
        // When the doubt ended in which the last one was made, the store knows.
        if let last = environment.record.replacedAt, last.counted == nil, !judge.isInDoubt { try await records.refresh(environment) }
        let record = environment.record
        guard let last = record.replacedAt else { return false }
        // Who has withdrawn the material and cannot upload it again has no key: that need not last a day, once.
        let mayWaive = record.isWithdrawn && options.withoutOld && !record.isWaived
        if case .doubt = judge.state, mayWaive { return true }
        try judge.requireBelieved("Whether 24 hours have passed since the last replacement cannot be told")
        let from = last.counted?.advanced(by: keeper.settings.replacementInterval)
        if let from, judge.believedNow >= from { return false }
        if mayWaive { return true }
        throw HierarchyError(
            .replacementTooSoon, "The main key of \(environment.identity.name) was replaced at \(last); once in 24 hours is the limit.",
            remedy: from.map { "Replace it again from \($0) on. The key in force stays." }
                ?? "Replace it 24 hours after the clock is believed again. The key in force stays.")
    }

    /// - Parameter new: has proved itself already.
    func replace(
        with new: MainKeyRecord, of environment: LiveEnvironment, _ options: ReplacementOptions, isWaived: Bool
    ) async throws(HierarchyError) -> ReplacementOutcome {
        let oldAnswers = try await proveOld(of: environment, options)
        let old = environment.record
        let contents = try await keeper.fromStore(environment) { () throws(KeyStoreError) in
            try await records.store.contents(of: environment.identity.id)
        }
        let keys = contents.hourlyKeys + contents.connectionKeys + contents.logKeys
        var outcome = ReplacementOutcome(options.isDryRun ? .planned : .replaced, mainKey: new.reference)
        outcome.keysToMove = keys
        outcome.keysUnreadable = oldAnswers ? 0 : keys
        outcome.estimatedTime = .seconds(1) * (keys / min(Self.assumedRepackRate, max(1, keeper.settings.repackRate)) + 1)
        outcome.findings = ["The new main key encrypts and decrypts, and refuses what is not its own."]
        if oldAnswers {
            outcome.findings.append("The main key in force has proved itself.")
        } else {
            outcome.warnings.append(
                "The main key in force does not answer: \(keys) \(keys == 1 ? "key stays" : "keys stay") unreadable until it is granted again."
            )
        }
        if let pending = old.pending, pending.record.id != new.id {
            outcome.warnings.append(
                "The main key that waits for its grant since \(pending.record.createdAt) is given up with this replacement: "
                    + pending.record.reference.identifier)
        }
        if options.isDryRun {
            outcome.allowedFrom = old.replacedAt?.counted?.advanced(by: keeper.settings.replacementInterval)
            return outcome
        }
        let version = EnvironmentKeyVersion(number: old.newestVersion.number + 1)
        let fresh: FreshEnvironmentKey
        do {
            fresh = try await setUp.environmentKey(
                version, under: new, for: environment.identity, life: environment.withState { $0.life })
        } catch {
            if let failure = error as? MainKeyFailure { meet(failure, of: new, environment) }
            throw setUp.setUpError(error)
        }
        outcome.generation = fresh.record.generation
        let now = judge.stamp
        var record = new
        record.createdAt = now
        let adoption = Adoption(
            environmentKey: fresh.record, mainKey: record, replacedAt: now, isWaived: isWaived, keyFloor: version, endsPending: true,
            repack: RepackRecord(target: version, previous: old.environmentKey.version, cause: .replacement, startedAt: now.time))
        try await putInForce(fresh, adoption, decidedOn: old, of: environment)
        if let pending = old.pending, pending.record.id != new.id {
            keeper.tell(
                .warning(
                    environment.identity,
                    "The main key that waited for its grant was given up, because another took its place: \(pending.record.reference.identifier)"
                ))
        }
        outcome.allowedFrom = now.counted?.advanced(by: keeper.settings.replacementInterval)
        return outcome
    }

    /// What is still in the cache after a denial is no licence to leave: the old main key must answer now.
    /// - Returns: false where it does not, and need not.
    private func proveOld(of environment: LiveEnvironment, _ options: ReplacementOptions) async throws(HierarchyError) -> Bool {
        do throws(HierarchyError) {
            try await prover.environmentKey(of: environment, .insistent)
            return true
        } catch {
            // Only the main key's own silence or denial may be passed over.
            guard error.isOfMainKey else { throw error }
            if options.withoutOld { return false }
            var refusal = error
            refusal.message = "The main key in force must prove itself when it is left, and does not. " + error.message
            refusal.remedy =
                error.remedy
                + " If it is gone for good, `--without-old` goes on without it: what it encrypted stays unreadable until it answers."
            throw refusal
        }
    }

    /// Uploading the very bytes that were withdrawn restores them, also where another main key is in force by now, and is no replacement.
    private func restore(
        _ reference: MainKeyReference, material: inout SecretBytes?, of environment: LiveEnvironment, _ options: ReplacementOptions
    ) async throws(HierarchyError) -> ReplacementOutcome? {
        let record = environment.record
        guard reference.kind == .material, record.mainKeys.contains(where: \.isWithdrawn), let uploaded = material.take() else {
            return nil
        }
        let generation: Generation
        do { generation = try Generation(ofMaterial: uploaded) } catch { throw HierarchyError(error) }
        guard let withdrawn = record.withdrawnMainKey(of: generation) else {
            guard options.withoutOld || !record.isWithdrawn else {
                throw HierarchyError(
                    .materialDiffers, "The material of \(environment.identity.name) was withdrawn, and these are other bytes.",
                    remedy: "Upload the bytes that were withdrawn. If they are gone for good, `--without-old` starts anew with these.")
            }
            material = consume uploaded
            return nil
        }
        let isInForce = withdrawn.id == record.mainKey.id
        var outcome = ReplacementOutcome(options.isDryRun ? .planned : .restored, mainKey: withdrawn.reference, generation: generation)
        outcome.findings = [
            isInForce
                ? "These are the bytes that were withdrawn: uploading them restores the environment, and is no replacement."
                : "These are the bytes that were withdrawn before another main key took their place: what hangs under them can be read again, "
                    + "and moves to the main key in force, which stays."
        ]
        try environment.requireOpen()
        if options.isDryRun { return outcome }
        let sealed: [UInt8]
        do { sealed = try root.seal(uploaded, mainKey: withdrawn.id, environment: environment.identity.id) } catch {
            throw HierarchyError(error)
        }
        try await environment.changes.run { () throws(HierarchyError) in
            try await records.change(environment) { current throws(HierarchyError) in
                guard current.mainKey(withdrawn.id)?.isWithdrawn ?? false else { throw .changedMeanwhile }
                return .setMaterial(sealed, of: withdrawn.id)
            }
        }
        // It is restored, whatever comes between: an error now would say that nothing was.
        if isInForce {
            _ = try? await prover.environmentKey(of: environment, .insistent)
        } else {
            await prover.prove(withdrawn.id, of: environment)
        }
        if record.repack != nil { keeper.tell(.repackDue(environment.identity.id)) }
        return outcome
    }
}

extension HierarchyError {
    /// Whether it is a main key's verdict, and nothing of ekmd's or the operator's.
    var isOfMainKey: Bool {
        switch code.value {
        case .restricted, .revoked, .mismatched, .throttled, .unreachable: true
        default: false
        }
    }
}
