internal import Cryptography
internal import KeyHierarchy

/// The main keys of all kinds, called no faster than all KMSs together may be.
final class MainKeyAccess: Sendable {
    /// What a main key is called for.
    enum Purpose {
        /// Requests, or a renewal, wait for the answer.
        case proof
        case other
        /// A diagnosis takes as many places under the rate as it makes calls.
        case diagnosis
    }

    private let provider: any MainKeyProvider
    private let pacer: Pacer

    init(provider: any MainKeyProvider, keeper: LifeKeeper) {
        self.provider = provider
        pacer = Pacer(clock: keeper.clock) { keeper.settings.callsPerSecond }
    }

    /// Waits for its turn.
    func mainKey(
        _ record: MainKeyRecord, of environment: EnvironmentIdentity, for purpose: Purpose = .other
    ) async throws(MainKeyFailure) -> any MainKey {
        let mainKey = try provider.mainKey(for: record, of: environment)
        guard record.reference.pollTarget != nil else { return mainKey }
        let endpoint = "\(record.reference.kind.rawValue) \(mainKey.endpoint)"
        switch purpose {
        case .proof: await pacer.turn(at: endpoint, .proof)
        case .other: await pacer.turn(at: endpoint, .other)
        case .diagnosis: await pacer.turn(at: endpoint, .other, count: mainKey.callsOfDiagnosis)
        }
        return mainKey
    }
}
