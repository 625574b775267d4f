/// Why an environment does not serve, without a look into the store.
package struct EnvironmentTrouble: Sendable {
    package var state: EnvironmentView.State
    package var since: WallTime?
    /// In the KMS's own words, or the operator's.
    package var reason: String?
}

extension LiveEnvironment {
    /// Nil where it serves, or would with its next request.
    package func trouble(at now: BootInstant) -> EnvironmentTrouble? {
        let state = state(at: now)
        let (record, verdict) = withState { ($0.record, $0.life.verdict) }
        switch state {
        case .available, .unproved: return nil
        case .damaged: return EnvironmentTrouble(state: state, since: nil, reason: record.damage)
        case .locked: return EnvironmentTrouble(state: state, since: record.lock?.at, reason: record.lock?.reason)
        default:
            return EnvironmentTrouble(state: state, since: verdict?.at, reason: verdict.flatMap { $0.reason.isEmpty ? nil : $0.reason })
        }
    }
}
