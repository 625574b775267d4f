internal import Cryptography
internal import KeyHierarchy

/// The main keys of all kinds, called no faster than all KMSs together may be.
final class MainKeyAccess: Sendable {
    private let provider: any MainKeyProvider
    private let keeper: LifeKeeper
    private let pacer = Pacer()

    init(provider: any MainKeyProvider, keeper: LifeKeeper) {
        self.provider = provider
        self.keeper = keeper
    }

    /// Waits for one call's place under the rate; a diagnosis takes as many as it makes calls.
    func mainKey(
        _ record: MainKeyRecord, of environment: EnvironmentIdentity, toDiagnose isDiagnosis: Bool = false
    ) async throws(MainKeyFailure) -> any MainKey {
        let mainKey = try provider.mainKey(for: record, of: environment)
        guard record.reference.pollTarget != nil else { return mainKey }
        let delay = pacer.delay(
            at: keeper.clock.now, rate: keeper.settings.callsPerSecond, calls: isDiagnosis ? mainKey.callsOfDiagnosis : 1)
        if delay > .zero { try? await Task.sleep(for: delay) }
        return mainKey
    }
}
