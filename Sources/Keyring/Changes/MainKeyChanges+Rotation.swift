internal import Cryptography
package import KeyHierarchy

extension MainKeyChanges {
    /// Follows the KMS to a new generation: a new version of the environment key under it, and a repack of the older ones.
    ///
    /// A repack that gets on ends first; one that only waits for keys that cannot move holds no rotation up. A generation that was
    /// there before is not followed back: a KMS that names now this and now that one makes no version each time.
    func follow(_ generation: Generation, of environment: LiveEnvironment) async throws(HierarchyError) {
        try await environment.changes.run { () throws(HierarchyError) in
            let (record, isDue) = environment.withState { state in
                (
                    state.record,
                    state.life.shut == nil && (state.record.repack == nil || state.repackProgress.waitingFor != nil)
                        && state.passedGeneration != generation
                )
            }
            guard isDue, record.environmentKey.generation != generation else { return }
            try await rotate(record, under: record.mainKey, isNewMainKey: false, of: environment)
        }
    }

    /// Rotates the key that ekmd manages: by itself each year, or on demand.
    package func rotateManagedKey(of environment: LiveEnvironment) async throws(HierarchyError) {
        try await environment.changes.run { () throws(HierarchyError) in
            try environment.requireOpen()
            let record = environment.record
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
            let mainKey = try setUp.newMainKey(.managed, material: nil, for: environment.identity)
            try await rotate(record, under: mainKey, isNewMainKey: true, of: environment)
        }
    }

    private func rotate(
        _ record: EnvironmentRecord, under mainKey: MainKeyRecord, isNewMainKey: Bool, of environment: LiveEnvironment
    ) async throws(HierarchyError) {
        let version = EnvironmentKeyVersion(number: record.newestVersion.number + 1)
        let fresh: FreshEnvironmentKey
        do {
            fresh = try await denying(record.environmentKey, mainKey, of: environment) {
                try await setUp.environmentKey(version, under: mainKey, for: environment.identity, life: environment.withState { $0.life })
            }
        } catch { throw .translating(error) }
        // The KMS has announced the generation, but does not encrypt with it yet: the next poll tries again.
        if !isNewMainKey, fresh.record.generation == record.environmentKey.generation { return }
        let adoption = Adoption(
            environmentKey: fresh.record, mainKey: isNewMainKey ? mainKey : nil,
            repack: RepackRecord(
                target: version, previous: record.environmentKey.version, cause: .rotation, startedAt: judge.believedNow))
        let generation = fresh.record.generation
        do throws(HierarchyError) { try await putInForce(fresh, adoption, decidedOn: record, of: environment) } catch {
            // Of a generation that was there before, the store keeps no second version.
            guard !isNewMainKey, error.code == .generationPassed else { throw error }
            environment.withState { $0.passedGeneration = generation }
        }
    }

    /// Has the KMS wrap the environment key anew: with its newest generation, whether it tells it or not.
    /// - Parameter inspection: what the KMS says of the key now; where it tells generations, a new one is followed instead.
    func refresh(_ environment: LiveEnvironment, _ inspection: MainKeyInspection?) async throws(HierarchyError) {
        if let generation = inspection?.generation { return try await follow(generation, of: environment) }
        try await rewrap(environment)
    }

    func rewrap(_ environment: LiveEnvironment) async throws(HierarchyError) {
        try await environment.changes.run { () throws(HierarchyError) in
            let key = try await prover.environmentKey(of: environment)
            let record = environment.record
            var renewed = record.environmentKey
            guard renewed.version == key.version else { throw .changedMeanwhile }
            let identity = environment.identity
            do {
                (renewed.wrapped, renewed.generation) = try await denying(record.environmentKey, record.mainKey, of: environment) {
                    let payload = try key.withSecret { secret throws(CryptographyError) in
                        try EnvironmentKeyPayload.make(secret, environment: identity.id, version: key.version)
                    }
                    guard let payload else { throw HierarchyError.wipedMeanwhile }
                    let wrapped = try await access.mainKey(record.mainKey, of: identity).wrap(payload, for: identity)
                    let unwrapped = try await access.mainKey(record.mainKey, of: identity).unwrap(wrapped, for: identity)
                    let generation = unwrapped.generation
                    let again = try EnvironmentKeyPayload.open(unwrapped.payload, environment: identity.id, version: key.version)
                    guard key.isEqual(to: again) else { throw MainKeyFailure.foreignContent }
                    return (wrapped, generation)
                }
            } catch { throw .translating(error) }
            renewed.wrappedAt = judge.believedNow
            try await records.change(environment) { [renewed] current throws(HierarchyError) in
                guard current.environmentKey.version == renewed.version else { throw .changedMeanwhile }
                return .rewrap(renewed)
            }
        }
    }

    /// Runs what calls a main key of the environment: what that refuses is a verdict like any other.
    private func denying<R: ~Copyable>(
        _ key: EnvironmentKeyRecord, _ mainKey: MainKeyRecord, of environment: LiveEnvironment, _ body: () async throws -> R
    ) async throws -> R {
        let question = environment.withState { [moment = keeper.moment] in $0.life.question(key, mainKey, at: moment) }
        do { return try await body() } catch let failure as MainKeyFailure {
            let refusal = keeper.run(.denied(question, failure), of: environment).refusal
            throw refusal
                ?? HierarchyError(
                    failure, of: environment.identity.name,
                    verdict: VerdictRecord(failure.verdict, at: keeper.wallClock.now, reason: failure.reason))
        }
    }
}
