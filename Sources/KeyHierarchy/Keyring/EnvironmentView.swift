/// An environment as an operator sees it at one moment.
package struct EnvironmentView: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case available, unproved, restricted, revoked, mismatched, unreachable, locked, damaged
    }

    package var record: EnvironmentRecord
    package var state: State
    package var provedAt: WallTime?
    package var verdict: VerdictRecord?
    package var secondsLeft: UInt32
    package var census: [CensusEntry]
    package var contents: EnvironmentContents
    package var repack: RepackView?
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
        var record = environment.withState { $0.record }
        var overview: EnvironmentOverview?
        if record.damage == nil {
            overview = try await fromStore(environment) { store throws(KeyStoreError) in try await store.overview(of: id) }
        }
        // The census is of the moment at which the store was read: what it is told with must be, too.
        if let stored = overview?.record, stored.damage == nil { record = stored }
        let life = environment.withState { $0.life }
        return EnvironmentView(
            record: record, state: environment.state(at: now), provedAt: life.provedAt, verdict: life.verdict,
            secondsLeft: environment.secondsLeft(at: now), census: overview?.census ?? [],
            contents: overview?.contents ?? EnvironmentContents(), repack: repackView(of: environment, record),
            replacementAllowedFrom: record.replacedAt?.advanced(by: settings.replacementInterval))
    }
}
