internal import Cryptography

/// A new version of an environment's key, which its main key has wrapped, and has given back when asked.
struct FreshEnvironmentKey: ~Copyable {
    let secret: SecretBytes
    let record: EnvironmentKeyRecord
    /// When the decrypt that proves it was sent.
    let sentAt: BootInstant
}

extension Keyring {
    /// - Throws: `MainKeyFailure`, or `HierarchyError` where there is no memory for it.
    func makeEnvironmentKey(
        _ version: EnvironmentKeyVersion, under mainKeyRecord: MainKeyRecord, for environment: EnvironmentIdentity
    ) async throws -> FreshEnvironmentKey {
        let mainKey = try provider.mainKey(for: mainKeyRecord, of: environment)
        let secret = try randomKey()
        let payload = try EnvironmentKeyPayload.make(secret, environment: environment.id, version: version)
        await pace(mainKeyRecord.reference)
        let wrapped = try await mainKey.wrap(payload, for: environment)
        await pace(mainKeyRecord.reference)
        let unwrapped = try await mainKey.unwrap(wrapped, for: environment)
        let (generation, sentAt) = (unwrapped.generation, unwrapped.sentAt)
        let again = try EnvironmentKeyPayload.open(unwrapped.payload, environment: environment.id, version: version)
        guard again.withBytes({ secret.isEqual(to: $0) }) else { throw MainKeyFailure.foreignContent }
        let record = EnvironmentKeyRecord(
            version: version, mainKey: mainKeyRecord.id, generation: generation, wrapped: wrapped, createdAt: believedNow)
        return FreshEnvironmentKey(secret: secret, record: record, sentAt: sentAt)
    }

    /// Makes a fresh key current: durably first, then in memory.
    func putInForce(_ fresh: consuming FreshEnvironmentKey, _ change: Adoption, of environment: LiveEnvironment)
        async throws(HierarchyError)
    {
        let sentAt = fresh.sentAt
        var secret: SecretBytes? = fresh.takeSecret()
        let id = environment.identity.id
        do { try await store.adopt(change, of: id) } catch {
            if error.code == .exists { throw .changedMeanwhile }
            throw HierarchyError(error)
        }
        try await refreshRecord(of: environment)
        let deadline = sentAt.advanced(by: settings.timeToLive)
        let verdict = VerdictRecord(.granted, at: wallClock.now)
        let retired: [CachedKey] = environment.withState { state in
            guard !state.isDeleted, state.record.lock == nil, state.record.environmentKey.version == change.environmentKey.version,
                let held = secret.take()
            else { return [] }
            let key = EnvironmentKey(
                held, version: change.environmentKey.version, mainKey: change.environmentKey.mainKey, epoch: environment.epoch,
                sentAt: sentAt, deadline: deadline)
            key.touch(clock.now)
            state.environmentKeys[key.version] = key
            environment.setDeadline(deadline)
            state.life.verdict = verdict
            state.life.provedAt = verdict.at
            state.life.failure = nil
            return change.keyFloor == nil ? [] : state.retireForEncryption()
        }
        for key in retired { key.wipe() }
        if change.keyFloor != nil { tell(.dropped(id)) }
        tell(.proved(id, until: environment.nextDeadline))
        tell(.verdict(environment.identity, verdict))
        tell(.adopted(environment.identity, change.environmentKey.version, change.repack.cause))
        tell(.repackDue(id))
    }

    /// Reads the environment's record anew, after a change of it.
    func refreshRecord(of environment: LiveEnvironment) async throws(HierarchyError) {
        try await environment.reading.run { () throws(HierarchyError) in
            let stored: EnvironmentRecord?
            do throws(KeyStoreError) { stored = try await self.store.environment(environment.identity.id) } catch {
                throw HierarchyError(error)
            }
            guard var record = stored else { throw .unknown(environment.identity.name) }
            environment.withState { state in
                record.damage = record.damage ?? state.record.damage
                let isOtherVersion = record.environmentKey.version != state.record.environmentKey.version
                state.record = record
                state.lives = state.lives.filter { record.mainKey($0.key) != nil }
                // Until its key is in memory, nothing is proved.
                if isOtherVersion { environment.setDeadline(state.currentKey?.deadline ?? BootInstant(nanoseconds: 0)) }
            }
        }
    }
}

extension FreshEnvironmentKey {
    consuming func takeSecret() -> SecretBytes { secret }
}

extension HierarchyError {
    static let changedMeanwhile = Self(
        .wiped, "The environment's main key was changed by another request meanwhile; this one changed nothing.",
        remedy: "Look at `ekmctl key show`, then try again.")
}
