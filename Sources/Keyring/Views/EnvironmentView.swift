package import KeyHierarchy

/// An environment as an operator sees it at one moment.
package struct EnvironmentView: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case available, unproved, restricted, revoked, mismatched, unreachable, locked, damaged
    }

    package var record: EnvironmentRecord
    package var state: State
    /// Every lock that holds, also one that the store has not kept yet; oldest first.
    package var locks: [EnvironmentLock]
    package var provedAt: WallTime?
    package var verdict: VerdictRecord?
    package var secondsLeft: UInt32
    package var census: [CensusEntry]
    package var contents: EnvironmentContents
    package var repack: RepackView?
    /// What is in force now, and what follows it.
    package var retention: Retention
    /// When the main key may be replaced next; nil: now.
    package var replacementAllowedFrom: WallTime?
}

extension LiveEnvironment {
    /// The state at a glance, without a look into the store.
    package func state(at now: BootInstant) -> EnvironmentView.State {
        withState { $0.glance(isProved: now < $0.life.deadline) }
    }

    /// Nil where it serves, or would with its next request.
    package func trouble(at now: BootInstant) -> EnvironmentTrouble? {
        let state = state(at: now)
        let (record, verdict, lock, unsettled) = withState {
            ($0.record, $0.life.mainKey.verdict, $0.life.locks.first, $0.life.unsettled)
        }
        switch state {
        case .available, .unproved: return nil
        case .damaged: return EnvironmentTrouble(state: state, since: nil, reason: record.damage)
        case .locked: return EnvironmentTrouble(state: state, since: lock?.at, reason: lock?.reason)
        case .unreachable where unsettled != nil:
            return EnvironmentTrouble(state: state, since: nil, reason: unsettled?.message)
        default:
            return EnvironmentTrouble(state: state, since: verdict?.at, reason: verdict.flatMap { $0.reason.isEmpty ? nil : $0.reason })
        }
    }
}

/// Why an environment does not serve, without a look into the store.
package struct EnvironmentTrouble: Sendable {
    package var state: EnvironmentView.State
    package var since: WallTime?
    /// In the KMS's own words, or the operator's.
    package var reason: String?
}
