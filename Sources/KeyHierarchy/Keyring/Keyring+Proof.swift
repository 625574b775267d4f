internal import Cryptography

extension Keyring {
    /// A version of the environment's key, proved by its main key within the time to live. All who ask at once share one call.
    /// - Parameters:
    ///   - version: nil for the current one.
    ///   - renewing: asks the main key even where the last proof still counts, and whatever it refused before.
    func environmentKey(
        of environment: LiveEnvironment, version: EnvironmentKeyVersion? = nil, renewing: Bool = false
    ) async throws(HierarchyError) -> EnvironmentKey {
        let now = clock.now
        let task: Task<Result<EnvironmentKey, HierarchyError>, Never> = try environment.withState { state throws(HierarchyError) in
            try environment.refuseIfShut(state)
            let version = version ?? state.record.environmentKey.version
            guard let record = state.record.environmentKey(version), let mainKey = state.record.mainKey(record.mainKey) else {
                throw .wipedMeanwhile
            }
            if !renewing, let key = state.environmentKeys[version], environment.isLive(epoch: key.epoch, at: now), key.isLive(at: now) {
                return Task { .success(key) }
            }
            if case .environmentKey(let task) = state.flights[.proof(version)] { return task }
            let life = state.lives[mainKey.id] ?? MainKeyLife()
            if !renewing, let failure = life.failure, now < failure.retryAt { throw failure.error }
            let ask = PendingProof(key: record, mainKey: mainKey, revision: state.revision, lifeRevision: life.revision)
            let task = Task { await self.prove(environment, ask) }
            state.flights[.proof(version)] = .environmentKey(task)
            return task
        }
        return try await task.value.get()
    }

    /// What is asked, and what must still be so when the answer comes.
    struct PendingProof {
        var key: EnvironmentKeyRecord
        var mainKey: MainKeyRecord
        var revision: UInt64
        var lifeRevision: UInt64
    }

    private func prove(_ environment: LiveEnvironment, _ pending: PendingProof) async -> Result<EnvironmentKey, HierarchyError> {
        defer { environment.withState { $0.flights[.proof(pending.key.version)] = nil } }
        reclaimIfNeeded()
        do {
            let mainKey = try provider.mainKey(for: pending.mainKey, of: environment.identity)
            await pace(pending.mainKey.reference)
            let unwrapped = try await mainKey.unwrap(pending.key.wrapped, for: environment.identity)
            let sentAt = unwrapped.sentAt
            let secret = try EnvironmentKeyPayload.open(
                unwrapped.payload, environment: environment.identity.id, version: pending.key.version)
            return .success(try adopt(secret, of: environment, pending, sentAt: sentAt))
        } catch let failure as MainKeyFailure {
            return .failure(refuse(environment, failure, pending))
        } catch let error as HierarchyError {
            return .failure(error)
        } catch {
            return .failure(HierarchyError(.internal, "A main key failed in an unknown way.", remedy: "Report this."))
        }
    }

    /// Waits for this call's place under the rate that all KMSs share.
    func pace(_ reference: MainKeyReference) async {
        guard reference.pollTarget != nil else { return }
        let delay = pacer.delay(at: clock.now, rate: settings.callsPerSecond)
        if delay > .zero { try? await Task.sleep(for: delay) }
    }

    /// Makes a granted answer a proof: the cache lives until it was sent, plus the time to live, and never longer.
    func adopt(
        _ secret: consuming SecretBytes, of environment: LiveEnvironment, _ pending: PendingProof, sentAt: BootInstant
    ) throws(HierarchyError) -> EnvironmentKey {
        let now = clock.now
        let deadline = sentAt.advanced(by: settings.timeToLive)
        guard now < deadline else {
            throw HierarchyError(
                .unreachable, "The main key's answer came later than it may be believed.",
                remedy: "Try again; look at the KMS's latency if it lasts.", verdict: VerdictRecord(.unreachable, at: wallClock.now))
        }
        let verdict = VerdictRecord(.granted, at: wallClock.now)
        let version = pending.key.version
        // A noncopyable value cannot be moved out of a capture but through an optional.
        var secret: SecretBytes? = consume secret
        var isForeign = false
        let key: EnvironmentKey? = environment.withState { state in
            guard state.revision == pending.revision, !state.isDeleted, let record = state.record.environmentKey(version),
                (state.lives[record.mainKey]?.revision ?? 0) == pending.lifeRevision, let fresh = secret.take()
            else { return nil }
            let isCurrent = version == state.record.environmentKey.version
            // The current key gates everything: without it, nothing below an older version may live.
            guard isCurrent || now < environment.deadline else { return nil }
            let key: EnvironmentKey
            if let held = state.environmentKeys[version] {
                guard held.isEqual(to: fresh) else {
                    isForeign = true
                    return nil
                }
                held.prolong(sentAt: sentAt, until: deadline)
                key = held
            } else {
                key = EnvironmentKey(
                    fresh, version: version, mainKey: record.mainKey, epoch: environment.epoch, sentAt: sentAt, deadline: deadline)
                state.environmentKeys[version] = key
            }
            var life = state.lives[record.mainKey] ?? MainKeyLife()
            life.verdict = verdict
            life.provedAt = verdict.at
            life.failure = nil
            state.lives[record.mainKey] = life
            if isCurrent { environment.setDeadline(key.deadline) }
            return key
        }
        if isForeign { throw refuse(environment, .foreignContent, pending) }
        guard let key else {
            throw HierarchyError(
                .wiped, "The main key's answer came after the environment was shut, or after a later verdict.", remedy: "Try again.",
                verdict: VerdictRecord(.unreachable, at: wallClock.now))
        }
        tell(.proved(environment.identity.id, until: environment.nextDeadline))
        tell(.verdict(environment.identity, verdict))
        return key
    }

    /// Keeps a failure's verdict, wipes where it says so, and pauses before the main key is asked again.
    @discardableResult
    func refuse(_ environment: LiveEnvironment, _ failure: MainKeyFailure, _ pending: PendingProof) -> HierarchyError {
        let now = wallClock.now
        let settings = settings
        let mainKey = pending.mainKey.id
        let denies = failure.verdict.wipes || failure.verdict == .restricted
        let wipes = failure.verdict.wipes || (failure.verdict == .restricted && settings.onRestriction == .purge)
        let (verdict, error, isKnown, isCurrent) = environment.withState { state in
            let earlier = state.lives[mainKey]?.verdict
            // A verdict that is repeated holds since it was first given.
            let since = earlier.flatMap { $0.verdict == failure.verdict ? $0.at : nil } ?? now
            let verdict = VerdictRecord(failure.verdict, at: since, reason: failure.reason)
            let error = HierarchyError(failure, of: environment.identity.name, verdict: verdict)
            guard state.revision == pending.revision, state.record.mainKey(mainKey) != nil,
                (state.lives[mainKey]?.revision ?? 0) == pending.lifeRevision
            else { return (verdict, error, false, false) }
            var life = state.lives[mainKey] ?? MainKeyLife()
            let attempts = (life.failure?.attempts ?? 0) + 1
            life.verdict = verdict
            life.failure = MainKeyLife.Failure(
                error: error, retryAt: clock.now.advanced(by: Self.pause(after: attempts, longest: settings.longestPause)),
                attempts: attempts)
            if denies { life.revision += 1 }
            state.lives[mainKey] = life
            return (verdict, error, true, state.record.mainKey.id == mainKey)
        }
        guard isKnown else { return error }
        if wipes {
            if isCurrent {
                wipe(environment)
            } else if environment.end(versions: { $0.mainKey == mainKey }) {
                tell(.dropped(environment.identity.id))
            }
        }
        tell(.verdict(environment.identity, verdict))
        return error
    }

    /// Doubles from a quarter of a second, with a random half, so that many environments do not ask in step.
    package static func pause(after attempts: Int, longest: Duration) -> Duration {
        let full = min(Duration.milliseconds(250 << min(attempts - 1, 10)), longest)
        return full * Double.random(in: 0.5...1)
    }
}

extension LiveEnvironment {
    func refuseIfShut(_ state: EnvironmentState) throws(HierarchyError) {
        if state.isDeleted { throw .unknown(identity.name) }
        if let damage = state.record.damage {
            throw HierarchyError(
                .damaged, "The environment \(identity.name) is shut: what the store holds of it was changed or damaged (\(damage)).",
                remedy: "Restore the store from a backup; nothing was overwritten. Other environments work on.")
        }
        if let lock = state.record.lock {
            throw HierarchyError(
                .locked, "The environment \(identity.name) was locked by its operator at \(lock.at): \(lock.reason)",
                remedy: "Nothing is lost. Once the reason is gone: `ekmctl env unlock \(identity.name)`.")
        }
    }
}

extension HierarchyError {
    static func unknown(_ name: EnvironmentName) -> Self {
        Self(
            .unknownEnvironment, "There is no environment \(name) here.",
            remedy: "See `ekmctl env list`, or create it with `ekmctl env create \(name)`.")
    }

    init(_ failure: MainKeyFailure, of environment: EnvironmentName, verdict: VerdictRecord) {
        let code: Code =
            switch failure.verdict {
            case .granted: .internal
            case .restricted: .restricted
            case .revoked: .revoked
            case .mismatched: .mismatched
            case .throttled: .throttled
            case .unreachable: .unreachable
            }
        self.init(
            code, "The main key of \(environment) is \(failure.verdict.name): \(failure.message)", remedy: failure.remedy,
            verdict: verdict)
    }

    init(_ error: CryptographyError) {
        if error.code == .arenaFull {
            self.init(.limitReached, "There is no locked memory left for another key.", remedy: "Raise LimitMEMLOCK= of the daemon's unit.")
        } else if error.code == .cannotOpen {
            self.init(.cannotDecrypt, "This ciphertext, or its context, is not what was encrypted.", remedy: "Pass both unchanged.")
        } else {
            self.init(.internal, "The cryptography library failed: \(error.message)", remedy: "Look at the daemon's log, and report it.")
        }
    }

    init(_ error: KeyStoreError) {
        self.init(error.code == .damaged ? .damaged : .storeFailed, error.message, remedy: error.remedy)
    }
}
