package import KeyHierarchy

/// What the plan of upkeep has to know of one environment.
package struct UpkeepFacts: Sendable {
    package var environment: EnvironmentID
    /// When the oldest of the proofs was sent on which something in use depends; nil where nothing is in use.
    package var oldestProof: BootInstant?
    /// Whether it was used within the time to live.
    package var isInUse: Bool
    /// The keys in a KMS that it depends on, or waits for.
    package var targets: Set<PollTarget>
    /// Whether a main key refused or failed, or waits for its grant: then it is polled, in use or not.
    package var isInTrouble: Bool
    /// Since when a managed key has been in force; nil also while that cannot be told.
    package var managedSince: WallTime?
    package var hasRetention: Bool
    /// The hours for which a key is in memory.
    package var hoursAhead: Set<Hour>
    /// The first time at which something of it is wiped, unless a proof comes first; nil while nothing is in memory.
    package var livesUntil: BootInstant?

    package init(
        environment: EnvironmentID, oldestProof: BootInstant? = nil, isInUse: Bool = false,
        targets: Set<PollTarget> = [], isInTrouble: Bool = false, managedSince: WallTime? = nil, hasRetention: Bool = false,
        hoursAhead: Set<Hour> = [], livesUntil: BootInstant? = nil
    ) {
        self.environment = environment
        self.oldestProof = oldestProof
        self.isInUse = isInUse
        self.targets = targets
        self.isInTrouble = isInTrouble
        self.managedSince = managedSince
        self.hasRetention = hasRetention
        self.hoursAhead = hoursAhead
        self.livesUntil = livesUntil
    }
}

extension Hierarchies {
    /// Nil where there is no such environment, or nothing to be done for it.
    package func upkeepFacts(of id: EnvironmentID) -> UpkeepFacts? {
        keyring.environment(id)?.upkeepFacts(at: keeper.clock.now, timeToLive: keeper.settings.timeToLive)
    }
}

extension LiveEnvironment {
    fileprivate func upkeepFacts(at now: BootInstant, timeToLive: Duration) -> UpkeepFacts? {
        withState { state in
            guard !state.life.isDeleted, state.record.damage == nil else { return nil }
            let isLocked = state.life.shut != nil
            let keys = state.cache.environmentKeys.values
            let used = keys.filter { key in state.life.proof(of: key.version).map { key.lastUse > $0 } ?? false }
            // Whatever is used depends on the current key, too. What failed lately is not asked again before its time.
            let versions = used.isEmpty ? [] : Set(used.map(\.version) + [state.record.environmentKey.version])
            let askable = versions.filter { version in
                guard let mainKey = state.record.environmentKey(version)?.mainKey else { return false }
                return state.life.mainKeys[mainKey]?.failure.map { $0.retryAt <= now } ?? true
            }
            let isInUse = keys.contains { $0.lastUse.nanoseconds > 0 && $0.lastUse.advanced(by: timeToLive) > now }
            let isInTrouble = state.life.mainKeys.values.contains { $0.failure != nil } || state.record.pending != nil
            let isManaged = state.record.mainKey.reference.kind == .managed && !isLocked
            return UpkeepFacts(
                environment: identity.id, oldestProof: isLocked ? nil : askable.compactMap { state.life.proof(of: $0) }.min(),
                isInUse: isInUse && !isLocked,
                targets: Set(state.record.mainKeysAndPending.compactMap(\.reference.pollTarget)), isInTrouble: isInTrouble && !isLocked,
                managedSince: isManaged ? state.record.mainKey.createdAt.counted : nil,
                hasRetention: state.record.retention != Retention(), hoursAhead: Set(state.cache.hours.keys),
                livesUntil: state.life.nextDeadline)
        }
    }
}
