/// What the plan has to know of one environment.
package struct UpkeepFacts: Sendable {
    package var environment: EnvironmentID
    /// When the oldest of the proofs was sent on which something in use depends; nil where nothing is in use.
    package var oldestProof: BootInstant?
    /// Whether it was used within the time to live.
    package var isInUse: Bool
    /// Before that its main key is not asked again, since it failed.
    package var retryAt: BootInstant?
    /// The keys in a KMS that it depends on, or waits for.
    package var targets: Set<PollTarget>
    /// Whether a main key refused or failed, or waits for its grant: then it is polled, in use or not.
    package var isInTrouble: Bool
    /// Since when a managed key has been in force.
    package var managedSince: WallTime?
    package var hasRetention: Bool
    /// For which hour a key was made ahead.
    package var upcomingHour: Hour?

    package init(
        environment: EnvironmentID, oldestProof: BootInstant? = nil, isInUse: Bool = false, retryAt: BootInstant? = nil,
        targets: Set<PollTarget> = [], isInTrouble: Bool = false, managedSince: WallTime? = nil, hasRetention: Bool = false,
        upcomingHour: Hour? = nil
    ) {
        self.environment = environment
        self.oldestProof = oldestProof
        self.isInUse = isInUse
        self.retryAt = retryAt
        self.targets = targets
        self.isInTrouble = isInTrouble
        self.managedSince = managedSince
        self.hasRetention = hasRetention
        self.upcomingHour = upcomingHour
    }
}

extension LiveEnvironment {
    func upkeepFacts(at now: BootInstant, timeToLive: Duration) -> UpkeepFacts? {
        withState { state in
            guard !state.isDeleted, state.record.damage == nil else { return nil }
            let isLocked = state.record.lock != nil
            let keys = state.environmentKeys.values
            let used = keys.filter { $0.lastUse > $0.sentAt }
            // Whatever is used depends on the current key, too.
            let proofs = used.isEmpty ? [] : used.map(\.sentAt) + (state.currentKey.map { [$0.sentAt] } ?? [])
            let isInUse = keys.contains { $0.lastUse.nanoseconds > 0 && $0.lastUse.advanced(by: timeToLive) > now }
            let records = state.record.mainKeys + (state.record.pendingMainKey.map { [$0] } ?? [])
            let isInTrouble = state.lives.values.contains { $0.failure != nil } || state.record.pendingMainKey != nil
            return UpkeepFacts(
                environment: identity.id, oldestProof: isLocked ? nil : proofs.min(), isInUse: isInUse && !isLocked,
                retryAt: state.life.failure?.retryAt, targets: Set(records.compactMap(\.reference.pollTarget)),
                isInTrouble: isInTrouble && !isLocked,
                managedSince: state.record.mainKey.reference.kind == .managed && !isLocked ? state.record.mainKey.createdAt : nil,
                hasRetention: state.record.retention != Retention(), upcomingHour: state.upcomingHourly?.hour)
        }
    }
}
