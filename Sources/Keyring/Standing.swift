internal import KeyHierarchy

/// What an environment is found by, as of one moment.
struct Standing: Sendable {
    /// Counts the moments of its environment: an older one never takes the place of a newer.
    let number: UInt64
    let state: EnvironmentView.State
    /// Whether there is something that an operator should look at.
    let isWarned: Bool
    /// Whether a repack is under way, or what one retired was still to be swept when the environment was read.
    let isUnfinished: Bool
    /// Whether keys may be in memory.
    let holdsKeys: Bool
    /// The keys in a KMS that it depends on, or waits for.
    let targets: Set<PollTarget>

    var isTroubled: Bool {
        switch state {
        case .available, .unproved: false
        case .restricted, .revoked, .mismatched, .unreachable, .locked, .damaged: true
        }
    }

    /// Whether it stands in other sets than the one before.
    func isFound(otherwise known: Standing) -> Bool {
        state != known.state || isWarned != known.isWarned || isUnfinished != known.isUnfinished || targets != known.targets
    }
}

extension LiveEnvironment {
    /// What the environment is found by now.
    func nextStanding() -> Standing {
        withState { state in
            state.standings += 1
            let record = state.record
            return Standing(
                number: state.standings, state: state.glance(isProved: state.life.nextDeadline != nil),
                isWarned: record.pending != nil || record.repack != nil || !state.life.unkeptLocks.isEmpty || state.warned != nil,
                isUnfinished: record.repack != nil || record.isSweepDue, holdsKeys: !state.cache.environmentKeys.isEmpty,
                targets: state.life.isDeleted ? [] : Set(record.mainKeysAndPending.compactMap(\.reference.pollTarget)))
        }
    }
}

extension LiveEnvironment.State {
    /// The state at a glance, without a look into the store.
    func glance(isProved: Bool) -> EnvironmentView.State {
        if life.record.damage != nil { return .damaged }
        if !life.locks.isEmpty { return .locked }
        if life.unsettled != nil { return .unreachable }
        return switch life.mainKey.verdict?.verdict {
        case .restricted: .restricted
        case .revoked: .revoked
        case .mismatched: .mismatched
        case .throttled, .unreachable: .unreachable
        case .granted, nil: isProved ? .available : .unproved
        }
    }
}
