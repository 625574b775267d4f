internal import Cryptography

extension Keyring {
    /// The environment's key, proved by its main key within the time to live. All who ask at once share one call.
    func environmentKey(of environment: LiveEnvironment) async throws(HierarchyError) -> EnvironmentKey {
        let now = clock.now
        let task: Task<Result<EnvironmentKey, HierarchyError>, Never> = try environment.withState { state throws(HierarchyError) in
            try environment.refuseIfShut(state)
            if let key = state.environmentKey, environment.isLive(epoch: key.epoch, at: now) {
                return Task { .success(key) }
            }
            if case .environmentKey(let task) = state.flights[.proof] { return task }
            if let failure = state.failure, now < failure.retryAt { throw failure.error }
            let record = state.record
            let revision = state.revision
            let task = Task { await self.prove(environment, record, revision: revision) }
            state.flights[.proof] = .environmentKey(task)
            return task
        }
        return try await task.value.get()
    }

    private func prove(
        _ environment: LiveEnvironment, _ record: EnvironmentRecord, revision: UInt64
    ) async -> Result<EnvironmentKey, HierarchyError> {
        defer { environment.withState { $0.flights[.proof] = nil } }
        reclaimIfNeeded()
        do {
            let mainKey = try provider.mainKey(for: record.mainKey, of: environment.identity)
            let unwrapped = try await mainKey.unwrap(record.environmentKey.wrapped, for: environment.identity)
            let sentAt = unwrapped.sentAt
            let secret = try EnvironmentKeyPayload.open(
                unwrapped.payload, environment: environment.identity.id, version: record.environmentKey.version)
            return .success(
                try adopt(secret, of: environment, version: record.environmentKey.version, sentAt: sentAt, revision: revision))
        } catch let failure as MainKeyFailure {
            return .failure(refuse(environment, failure, revision: revision))
        } catch let error as HierarchyError {
            return .failure(error)
        } catch {
            return .failure(HierarchyError(.internal, "A main key failed in an unknown way.", remedy: "Report this."))
        }
    }

    /// Makes a granted answer a proof: the cache lives until it was sent, plus the time to live, and never longer.
    func adopt(
        _ secret: consuming SecretBytes, of environment: LiveEnvironment, version: EnvironmentKeyVersion, sentAt: BootInstant,
        revision: UInt64
    ) throws(HierarchyError) -> EnvironmentKey {
        let now = clock.now
        let deadline = sentAt.advanced(by: settings.timeToLive)
        guard now < deadline else {
            throw HierarchyError(
                .unreachable, "The main key's answer came later than it may be believed.",
                remedy: "Try again; look at the KMS's latency if it lasts.", verdict: VerdictRecord(.unreachable, at: wallClock.now))
        }
        // A noncopyable value cannot be moved out of a capture but through an optional.
        var secret: SecretBytes? = consume secret
        let verdict = VerdictRecord(.granted, at: wallClock.now)
        let key: EnvironmentKey? = environment.withState { state in
            guard state.revision == revision, !state.isDeleted, let held = secret.take() else { return nil }
            let key = EnvironmentKey(held, version: version, epoch: environment.epoch)
            state.environmentKey = key
            state.verdict = verdict
            state.provedAt = verdict.at
            state.failure = nil
            environment.setDeadline(deadline)
            return key
        }
        guard let key else {
            throw HierarchyError(
                .unreachable, "The main key's answer came after the environment was shut.", remedy: "Try again.",
                verdict: VerdictRecord(.unreachable, at: wallClock.now))
        }
        tell(.proved(environment.identity.id, until: deadline))
        tell(.verdict(environment.identity, verdict))
        return key
    }

    /// Keeps a failure's verdict, wipes where it says so, and pauses before the main key is asked again.
    private func refuse(_ environment: LiveEnvironment, _ failure: MainKeyFailure, revision: UInt64) -> HierarchyError {
        let verdict = VerdictRecord(failure.verdict, at: wallClock.now, reason: failure.reason)
        let error = HierarchyError(failure, of: environment.identity.name, verdict: verdict)
        let settings = settings
        let wipes = failure.verdict.wipes || (failure.verdict == .restricted && settings.onRestriction == .purge)
        let isCurrent = environment.withState { state in
            guard state.revision == revision else { return false }
            let attempts = (state.failure?.attempts ?? 0) + 1
            state.verdict = verdict
            state.failure = EnvironmentState.Failure(
                error: error, retryAt: clock.now.advanced(by: Self.pause(after: attempts, longest: settings.longestPause)),
                attempts: attempts)
            if wipes { state.revision += 1 }
            return true
        }
        guard isCurrent else { return error }
        if wipes { wipe(environment) }
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
        guard let damage = state.record.damage else { return }
        throw HierarchyError(
            .damaged, "The environment \(identity.name) is shut: what the store holds of it was changed or damaged (\(damage)).",
            remedy: "Restore the store from a backup; nothing was overwritten. Other environments work on.")
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
