internal import Cryptography
internal import KeyHierarchy

/// Has main keys prove that they still grant: one call for all who ask at once.
final class Prover: Sendable {
    private let access: MainKeyAccess
    private let keeper: LifeKeeper
    private let memory: SecretMemory

    init(access: MainKeyAccess, keeper: LifeKeeper, memory: SecretMemory) {
        self.access = access
        self.keeper = keeper
        self.memory = memory
    }

    /// A version of the environment's key, proved by its main key within the time to live.
    /// - Parameter version: nil for the current one.
    @discardableResult
    func environmentKey(
        of environment: LiveEnvironment, version: EnvironmentKeyVersion? = nil, _ urgency: LifeEvent.Urgency = .ifNeeded
    ) async throws(HierarchyError) -> EnvironmentKey {
        let moment = keeper.moment
        let task: Task<Result<EnvironmentKey, HierarchyError>, Never> = try environment.withState { state throws(HierarchyError) in
            let version = version ?? state.record.environmentKey.version
            for effect in state.life.next(.requested(version, urgency), at: moment) {
                switch effect {
                case .use(let version):
                    if let key = state.cache.environmentKeys[version] { return Task { .success(key) } }
                case .ask(let question):
                    if case .environmentKey(let task) = state.flights[.proof(version)] { return task }
                    let task = Task { await self.prove(environment, question) }
                    state.flights[.proof(version)] = .environmentKey(task)
                    return task
                case .refuse(let error): throw error
                default: break
                }
            }
            throw .wipedMeanwhile
        }
        return try await task.value.get()
    }

    private func prove(_ environment: LiveEnvironment, _ question: PendingProof) async -> Result<EnvironmentKey, HierarchyError> {
        defer { environment.withState { $0.flights[.proof(question.key.version)] = nil } }
        memory.reclaimIfNeeded()
        do {
            let mainKey = try await access.mainKey(question.mainKey, of: environment.identity, for: .proof)
            let unwrapped = try await mainKey.unwrap(question.key.wrapped, for: environment.identity)
            let sentAt = unwrapped.sentAt
            let secret = try EnvironmentKeyPayload.open(
                unwrapped.payload, environment: environment.identity.id, version: question.key.version)
            return .success(try grant(GrantedProof(question, sentAt: sentAt), secret, of: environment))
        } catch let failure as MainKeyFailure {
            return .failure(deny(question, failure, of: environment))
        } catch { return .failure(.translating(error)) }
    }

    /// Makes a granted answer a proof, if nothing came between.
    private func grant(
        _ proof: GrantedProof, _ secret: consuming SecretBytes, of environment: LiveEnvironment
    ) throws(HierarchyError) -> EnvironmentKey {
        let effects = keeper.run(.granted(proof), of: environment, secret: secret)
        if let refusal = effects.refusal { throw refusal }
        guard let key = environment.withState({ $0.cache.environmentKeys[proof.pending.key.version] }) else { throw .wipedMeanwhile }
        return key
    }

    private func deny(_ question: PendingProof, _ failure: MainKeyFailure, of environment: LiveEnvironment) -> HierarchyError {
        keeper.run(.denied(question, failure), of: environment).refusal ?? .wipedMeanwhile
    }

    /// Proves again what is in use, before its deadline; nobody waits for it. An idle environment is left to expire.
    func renew(_ environment: LiveEnvironment) async {
        let due = environment.withState { state in
            let current = state.record.environmentKey.version
            return state.cache.environmentKeys.values.filter { key in
                key.version == current || state.life.proof(of: key.version).map { key.lastUse > $0 } ?? false
            }.map(\.version)
        }
        // The current one first: without it, the older ones may not live.
        for version in due.sorted(by: >) { _ = try? await environmentKey(of: environment, version: version, .renewal) }
    }

    /// Asks about every version that a main key wraps, whatever was answered before.
    func prove(_ mainKey: MainKeyID, of environment: LiveEnvironment) async {
        let versions = environment.record.versions(under: mainKey)
        for version in versions.sorted(by: >) { _ = try? await environmentKey(of: environment, version: version, .insistent) }
    }
}
