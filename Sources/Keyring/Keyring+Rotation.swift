internal import Cryptography

extension Keyring {
    /// Follows the KMS to a new generation: a new version of the environment key under it, and a repack of the older ones.
    /// A replacement that is under way goes first.
    func adopt(_ generation: Generation, of environment: LiveEnvironment) async throws(HierarchyError) {
        try await environment.changes.run { () throws(HierarchyError) in
            let record = environment.withState { $0.record }
            guard record.repack?.cause != .replacement, record.environmentKey.generation != generation, record.lock == nil,
                record.damage == nil
            else { return }
            try await self.rotate(record, under: record.mainKey, isNewMainKey: false, of: environment)
        }
    }

    /// Rotates the key that ekmd manages: by itself each year, or on demand.
    package func rotateManagedKey(of environment: LiveEnvironment) async throws(HierarchyError) {
        try await environment.changes.run { () throws(HierarchyError) in
            try environment.withState { state throws(HierarchyError) in try environment.refuseIfShut(state) }
            let record = environment.withState { $0.record }
            guard record.mainKey.reference.kind == .managed else {
                throw HierarchyError(
                    .wrongKind, "The main key of \(environment.identity.name) is not managed by ekmd.",
                    remedy: record.mainKey.reference.pollTarget == nil
                        ? "Upload other material with `ekmctl key replace`." : "Rotate it in the KMS: ekmd follows by itself.")
            }
            guard record.repack?.cause != .replacement else {
                throw HierarchyError(
                    .wouldLose, "A replacement is under way; the managed key can be rotated after it.",
                    remedy: "Wait for `ekmctl repack show` to say that it has ended.")
            }
            let mainKey: MainKeyRecord
            do { mainKey = try self.newMainKey(.managed, material: nil, for: environment.identity) } catch { throw Self.translate(error) }
            try await self.rotate(record, under: mainKey, isNewMainKey: true, of: environment)
        }
    }

    private func rotate(
        _ record: EnvironmentRecord, under mainKey: MainKeyRecord, isNewMainKey: Bool, of environment: LiveEnvironment
    ) async throws(HierarchyError) {
        let version = EnvironmentKeyVersion(number: record.newestVersion.number + 1)
        let fresh: FreshEnvironmentKey
        do { fresh = try await makeEnvironmentKey(version, under: mainKey, for: environment.identity) } catch let failure as MainKeyFailure
        {
            throw HierarchyError(
                failure, of: environment.identity.name, verdict: VerdictRecord(failure.verdict, at: wallClock.now, reason: failure.reason))
        } catch { throw Self.translate(error) }
        // The KMS has announced the generation, but does not encrypt with it yet: the next poll tries again.
        if !isNewMainKey, fresh.record.generation == record.environmentKey.generation { return }
        let change = Adoption(
            environmentKey: fresh.record, mainKey: isNewMainKey ? mainKey : nil,
            repack: RepackRecord(target: version, previous: record.environmentKey.version, cause: .rotation, startedAt: believedNow))
        try await putInForce(fresh, change, of: environment)
    }

    /// Has the KMS wrap the environment key anew: with its newest generation, whether it tells it or not.
    /// Where it tells generations, a new one is followed instead.
    package func refreshMainKey(of environment: LiveEnvironment) async throws(HierarchyError) {
        let record = environment.withState { $0.record }
        guard let target = record.mainKey.reference.pollTarget else {
            throw HierarchyError(
                .wrongKind, "The main key of \(environment.identity.name) is in no KMS that could wrap anew.",
                remedy: "A managed key is rotated with `ekmctl key rotate`; uploaded material is replaced with `ekmctl key replace`.")
        }
        if case .success(let inspection) = await inspect(target, of: environment), let generation = inspection.generation {
            return try await adopt(generation, of: environment)
        }
        try await rewrap(environment)
    }

    func rewrap(_ environment: LiveEnvironment) async throws(HierarchyError) {
        try await environment.changes.run { () throws(HierarchyError) in
            let key = try await self.environmentKey(of: environment)
            let record = environment.withState { $0.record }
            var renewed = record.environmentKey
            guard renewed.version == key.version else { throw .changedMeanwhile }
            let identity = environment.identity
            do {
                let mainKey = try self.provider.mainKey(for: record.mainKey, of: identity)
                let payload = try key.withSecret { secret throws(CryptographyError) in
                    try EnvironmentKeyPayload.make(secret, environment: identity.id, version: key.version)
                }
                guard let payload else { throw HierarchyError.wipedMeanwhile }
                await self.pace(record.mainKey.reference)
                renewed.wrapped = try await mainKey.wrap(payload, for: identity)
                await self.pace(record.mainKey.reference)
                let unwrapped = try await mainKey.unwrap(renewed.wrapped, for: identity)
                renewed.generation = unwrapped.generation
                let again = try EnvironmentKeyPayload.open(unwrapped.payload, environment: identity.id, version: key.version)
                guard key.isEqual(to: again) else { throw MainKeyFailure.foreignContent }
            } catch let failure as MainKeyFailure {
                throw HierarchyError(
                    failure, of: identity.name, verdict: VerdictRecord(failure.verdict, at: self.wallClock.now, reason: failure.reason))
            } catch { throw Self.translate(error) }
            renewed.wrappedAt = self.believedNow
            try await self.fromStore(environment) { store throws(KeyStoreError) in try await store.rewrap(renewed, of: identity.id) }
            try await self.refreshRecord(of: environment)
        }
    }
}
