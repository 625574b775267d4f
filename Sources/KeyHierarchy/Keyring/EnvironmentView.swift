/// An environment as an operator sees it at one moment.
package struct EnvironmentView: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case available, unproved, restricted, revoked, mismatched, unreachable, locked, pending, damaged
    }

    package var record: EnvironmentRecord
    package var state: State
    package var provedAt: WallTime?
    package var verdict: VerdictRecord?
    package var secondsLeft: UInt32
    package var census: [CensusEntry]
    package var contents: EnvironmentContents
    /// When the main key may be replaced next; nil: now.
    package var replacementAllowedFrom: WallTime?
}

extension LiveEnvironment {
    /// The state at a glance, without a look into the store.
    package func state(at now: BootInstant) -> EnvironmentView.State {
        withState { state in
            if state.record.damage != nil { return .damaged }
            if state.record.lock != nil { return .locked }
            switch state.life.verdict?.verdict {
            case .restricted: return .restricted
            case .revoked: return .revoked
            case .mismatched: return .mismatched
            case .throttled, .unreachable: return .unreachable
            case .granted, nil: return now < deadline ? .available : .unproved
            }
        }
    }
}

extension Keyring {
    /// Everything that `env show` tells. What cannot be read of a damaged environment is left empty.
    package func view(of environment: LiveEnvironment) async throws(HierarchyError) -> EnvironmentView {
        let now = clock.now
        let id = environment.identity.id
        let (record, provedAt, verdict) = environment.withState { ($0.record, $0.life.provedAt, $0.life.verdict) }
        var census: [CensusEntry] = []
        var contents = EnvironmentContents()
        if record.damage == nil {
            census = try await fromStore(environment) { store throws(KeyStoreError) in try await store.census(of: id) }
            contents = try await fromStore(environment) { store throws(KeyStoreError) in try await store.contents(of: id) }
        }
        return EnvironmentView(
            record: record, state: environment.state(at: now), provedAt: provedAt, verdict: verdict,
            secondsLeft: environment.secondsLeft(at: now), census: census, contents: contents,
            replacementAllowedFrom: record.replacedAt?.advanced(by: settings.replacementInterval))
    }
}
