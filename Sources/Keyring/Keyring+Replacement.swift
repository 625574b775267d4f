package import Cryptography

extension Keyring {
    /// How fast a repack is assumed to be where a plan is asked for; keys per second.
    private static let assumedRepackRate = 50_000

    /// Points an environment at another main key, once that has proved itself, and the old one has too.
    /// - Parameter material: the 32 bytes of an uploaded key; nil for the other kinds.
    /// - Throws: with the old main key in force, and untouched.
    package func replaceMainKey(
        of environment: LiveEnvironment, reference: MainKeyReference, material: consuming SecretBytes?, options: ReplacementOptions
    ) async throws(HierarchyError) -> ReplacementOutcome {
        if let restored = try await restore(reference, material: &material, of: environment, options) { return restored }
        guard !options.whenGranted || reference.pollTarget != nil || reference.kind == .awsKMS else {
            throw HierarchyError(
                .wrongKind, "Only a key in a KMS can wait for its grant.",
                remedy: "Leave `--when-granted` out: this key can be used at once.")
        }
        let record: MainKeyRecord
        do { record = try newMainKey(reference, material: material, for: environment.identity) } catch { throw Self.translate(error) }
        return try await environment.changes.run { () throws(HierarchyError) in
            try environment.withState { state throws(HierarchyError) in try environment.refuseIfShut(state) }
            try self.requireReplacementAllowed(of: environment)
            return try await self.replace(with: record, of: environment, options)
        }
    }

    /// Withdraws the main key that waits for its grant.
    package func cancelPending(of environment: LiveEnvironment) async throws(HierarchyError) {
        try await environment.changes.run { () throws(HierarchyError) in
            guard environment.withState({ $0.record.pendingMainKey != nil }) else {
                throw HierarchyError(.wrongKind, "No main key waits for its grant.", remedy: "See `ekmctl key show`.")
            }
            try await self.fromStore(environment) { store throws(KeyStoreError) in
                try await store.setPending(nil, of: environment.identity.id)
            }
            try await self.refreshRecord(of: environment)
        }
    }

    /// Tries the main key that waits for its grant once more: at every poll.
    func completePending(of environment: LiveEnvironment) async {
        guard let pending = environment.withState({ $0.record.pendingMainKey }) else { return }
        if believedNow >= pending.createdAt.advanced(by: settings.pendingLifetime) {
            try? await cancelPending(of: environment)
            tell(.warning(environment.identity, "The main key that waited for its grant was given up after 7 days; the old one stays."))
            return
        }
        do throws(HierarchyError) {
            try await environment.changes.run { () throws(HierarchyError) in
                guard environment.withState({ $0.record.pendingMainKey?.id == pending.id && $0.record.lock == nil }) else { return }
                try self.requireReplacementAllowed(of: environment)
                _ = try await self.replace(with: pending, of: environment, ReplacementOptions())
            }
        } catch {
            environment.withState {
                $0.pendingAnswer = error.verdict ?? VerdictRecord(.unreachable, at: wallClock.now, reason: error.message)
            }
        }
    }

    /// - Throws: `.replacementTooSoon`, or `.clockInDoubt` where the clock cannot tell.
    private func requireReplacementAllowed(of environment: LiveEnvironment) throws(HierarchyError) {
        guard let last = environment.withState({ $0.record.replacedAt }) else { return }
        try requireBelievedClock("Whether 24 hours have passed since the last replacement cannot be told")
        let from = last.advanced(by: settings.replacementInterval)
        guard believedNow < from else { return }
        throw HierarchyError(
            .replacementTooSoon, "The main key of \(environment.identity.name) was replaced at \(last); once in 24 hours is the limit.",
            remedy: "Replace it again from \(from) on. The key in force stays.")
    }

    private func replace(
        with new: MainKeyRecord, of environment: LiveEnvironment, _ options: ReplacementOptions
    ) async throws(HierarchyError) -> ReplacementOutcome {
        let identity = environment.identity
        var record = new
        do {
            await pace(new.reference)
            record.reference = try await provider.mainKey(for: new, of: identity).probe(for: identity)
        } catch {
            let failure = Self.setUpError(error, at: wallClock.now)
            guard options.whenGranted, !options.isDryRun, let verdict = failure.verdict, verdict.verdict != .mismatched else {
                throw failure
            }
            return try await register(new, of: environment, failure)
        }
        let old = environment.withState { $0.record }
        let oldAnswers = try await proveOld(of: environment, options)
        let contents = try await contents(of: environment)
        let keys = contents.hourlyKeys + contents.connectionKeys + contents.logKeys
        var outcome = ReplacementOutcome(options.isDryRun ? .planned : .replaced, mainKey: record.reference)
        outcome.keysToMove = keys
        outcome.keysUnreadable = oldAnswers ? 0 : keys
        outcome.estimatedTime = .seconds(1) * (keys / min(Self.assumedRepackRate, max(1, settings.repackRate)) + 1)
        outcome.findings.append("The new main key encrypts and decrypts, and refuses what is not its own.")
        outcome.findings.append(
            oldAnswers
                ? "The main key in force has proved itself."
                : "The main key in force does not answer: \(keys) \(keys == 1 ? "key stays" : "keys stay") unreadable until it is granted again."
        )
        if options.isDryRun {
            outcome.allowedFrom = old.replacedAt?.advanced(by: settings.replacementInterval)
            return outcome
        }
        let version = EnvironmentKeyVersion(number: old.newestVersion.number + 1)
        let fresh: FreshEnvironmentKey
        do { fresh = try await makeEnvironmentKey(version, under: record, for: identity) } catch {
            throw Self.setUpError(error, at: wallClock.now)
        }
        outcome.generation = fresh.record.generation
        let now = believedNow
        record.createdAt = now
        let change = Adoption(
            environmentKey: fresh.record, mainKey: record, replacedAt: now, keyFloor: version,
            repack: RepackRecord(target: version, previous: old.environmentKey.version, cause: .replacement, startedAt: now))
        try await putInForce(fresh, change, of: environment)
        if let pending = old.pendingMainKey, pending.id != record.id { try? await store.setPending(nil, of: identity.id) }
        outcome.allowedFrom = now.advanced(by: settings.replacementInterval)
        return outcome
    }

    /// What is still in the cache after a denial is no licence to leave: the old main key must answer now.
    /// - Returns: false where it does not, and need not.
    private func proveOld(of environment: LiveEnvironment, _ options: ReplacementOptions) async throws(HierarchyError) -> Bool {
        do throws(HierarchyError) {
            _ = try await environmentKey(of: environment, renewing: true)
            return true
        } catch {
            if options.withoutOld { return false }
            var refusal = error
            refusal.message = "The main key in force must prove itself when it is left, and does not. " + error.message
            refusal.remedy =
                error.remedy
                + " If it is gone for good, `--without-old` goes on without it: what it encrypted stays unreadable until it answers."
            throw refusal
        }
    }

    private func register(
        _ new: MainKeyRecord, of environment: LiveEnvironment, _ failure: HierarchyError
    ) async throws(HierarchyError) -> ReplacementOutcome {
        var new = new
        new.createdAt = believedNow
        try await self.fromStore(environment) { store throws(KeyStoreError) in try await store.setPending(new, of: environment.identity.id)
        }
        try await refreshRecord(of: environment)
        environment.withState { $0.pendingAnswer = failure.verdict }
        var outcome = ReplacementOutcome(.pending, mainKey: new.reference)
        outcome.findings = [
            failure.message, "ekmd tries it at every poll, and replaces the main key by itself once it answers; it gives up after 7 days.",
        ]
        return outcome
    }

    /// Uploading the very bytes that were withdrawn restores them, and is no replacement.
    private func restore(
        _ reference: MainKeyReference, material: inout SecretBytes?, of environment: LiveEnvironment, _ options: ReplacementOptions
    ) async throws(HierarchyError) -> ReplacementOutcome? {
        let record = environment.withState { $0.record }
        guard record.isWithdrawn, reference.kind == .material, let uploaded = material.take() else { return nil }
        let generation: Generation
        do { generation = try Generation(ofMaterial: uploaded) } catch { throw HierarchyError(error) }
        guard generation == record.environmentKey.generation else {
            guard options.withoutOld else {
                throw HierarchyError(
                    .materialDiffers, "The material of \(environment.identity.name) was withdrawn, and these are other bytes.",
                    remedy: "Upload the bytes that were withdrawn. If they are gone for good, `--without-old` starts anew with these.")
            }
            material = consume uploaded
            return nil
        }
        var outcome = ReplacementOutcome(options.isDryRun ? .planned : .restored, mainKey: record.mainKey.reference, generation: generation)
        outcome.findings = ["These are the bytes that were withdrawn: uploading them restores the environment, and is no replacement."]
        if options.isDryRun { return outcome }
        let sealed: [UInt8]
        do { sealed = try root.seal(uploaded, mainKey: record.mainKey.id, environment: environment.identity.id) } catch {
            throw HierarchyError(error)
        }
        try await environment.changes.run { () throws(HierarchyError) in
            try await self.fromStore(environment) { store throws(KeyStoreError) in
                try await store.setMaterial(sealed, of: record.mainKey.id, in: environment.identity.id)
            }
            try await self.refreshRecord(of: environment)
        }
        environment.withState { $0.life.failure = nil }
        _ = try await environmentKey(of: environment, renewing: true)
        return outcome
    }
}

extension EnvironmentRecord {
    package var isWithdrawn: Bool { mainKey.reference.kind == .material && mainKey.sealedMaterial == nil }
}
