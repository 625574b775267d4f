package import KeyHierarchy
package import Keyring

/// Decides what upkeep is due: it is told of each environment of which something has changed, and of the time. The timer around it only
/// brings both. Nothing is looked at before its time.
package struct UpkeepPlan: Sendable {
    /// What comes up at a time of the boot clock.
    private enum Subject: Hashable, Sendable {
        case clock
        /// An environment with keys in memory: whether they are used nobody tells.
        case use(EnvironmentID)
        case retention(EnvironmentID)
        /// A managed key that is to be rotated, and was not.
        case rotation(EnvironmentID)
    }

    /// A renewal's time, and the proof that it was computed from.
    private struct Renewal {
        var proof: BootInstant
        var at: BootInstant
    }

    private static let clockInterval = Duration.seconds(20)
    /// At a time of its own within the hour, so that not all environments erase in the same minute.
    private static let retentionInterval = Duration.seconds(3600)
    private static let managedInterval = Duration.seconds(600)
    /// The next hour's keys are made in this span before their hour.
    private static let hourlyLead = 60.0...600.0
    /// A wall clock that is set meanwhile is seen after this time.
    private static let longestWait = Duration.seconds(60)

    private var agenda = Agenda<Subject, BootInstant>()
    private var renewals: [EnvironmentID: Renewal] = [:]
    private var leads: [EnvironmentID: Double] = [:]
    /// Since when managed keys have been in force: none is due before the oldest.
    private var managed = Agenda<EnvironmentID, WallTime>()
    private var polls: PollPlan
    private let random: @Sendable (ClosedRange<Double>) -> Double

    /// - Parameter random: spreads what would else happen at once.
    package init(random: @escaping @Sendable (ClosedRange<Double>) -> Double = { Double.random(in: $0) }) {
        self.random = random
        polls = PollPlan(random: random)
        agenda[.clock] = BootInstant(nanoseconds: 0)
    }

    /// How often it is to be asked what is due.
    package static func period(_ settings: KeyringSettings) -> Duration {
        min(max(min(settings.pollInterval, settings.timeToLive) / 40, .milliseconds(20)), .seconds(1))
    }

    /// Something of an environment may have changed.
    /// - Parameter facts: nil where it is gone, or nothing is to be done for it.
    package mutating func note(_ id: EnvironmentID, _ facts: UpkeepFacts?, settings: KeyringSettings, now: BootInstant) {
        polls.note(id, facts, settings, now)
        if facts?.livesUntil == nil {
            agenda[.use(id)] = nil
            renewals[id] = nil
            leads[id] = nil
        } else {
            agenda[.use(id)] = now
        }
        if facts?.hasRetention != true {
            agenda[.retention(id)] = nil
        } else if agenda[.retention(id)] == nil {
            // The first time soon after the start, but not for all at once.
            agenda[.retention(id)] = now.advanced(by: Self.retentionInterval * random(0.002...0.2))
        }
        if agenda[.rotation(id)] == nil || facts?.managedSince == nil {
            managed[id] = facts?.managedSince
            agenda[.rotation(id)] = nil
        }
    }

    /// What is due now; each duty is told once, and again when its time comes again.
    /// - Parameter facts: of an environment, as they are now.
    package mutating func due(
        settings: KeyringSettings, now: BootInstant, wallNow: WallTime, facts: (EnvironmentID) -> UpkeepFacts?
    ) -> [UpkeepDuty] {
        var duties: [UpkeepDuty] = []
        while let id = managed.next(where: { wallNow >= $0.advanced(by: settings.managedRotation) }) { agenda[.rotation(id)] = now }
        while let subject = agenda.next(where: { $0 <= now }) {
            switch subject {
            case .clock:
                agenda[.clock] = now.advanced(by: Self.clockInterval * random(0.8...1))
                duties.append(.tickClock)
            case .use(let id): if let fact = facts(id) { duties += look(at: fact, settings, now, wallNow) }
            case .retention(let id):
                guard facts(id)?.hasRetention == true else { continue }
                agenda[.retention(id)] = now.advanced(by: Self.retentionInterval * random(0.8...1))
                duties.append(.runRetention(id))
            case .rotation(let id):
                guard let since = facts(id)?.managedSince else { continue }
                guard wallNow >= since.advanced(by: settings.managedRotation) else {
                    managed[id] = since
                    continue
                }
                agenda[.rotation(id)] = now.advanced(by: Self.managedInterval * random(0.8...1))
                duties.append(.rotateManagedKey(id))
            }
        }
        return duties + polls.due(settings, now, facts)
    }

    // MARK: What is in use

    private mutating func look(
        at fact: UpkeepFacts, _ settings: KeyringSettings, _ now: BootInstant, _ wallNow: WallTime
    ) -> [UpkeepDuty] {
        guard let livesUntil = fact.livesUntil else { return [] }
        let id = fact.environment
        var duties: [UpkeepDuty] = []
        var waits = Self.longestWait
        let soon = Self.period(settings)
        if fact.oldestProof != nil {
            let at = renewal(of: fact, settings)
            if now >= at { duties.append(.renew(id)) }
            waits = min(waits, max(now.remaining(until: at), soon))
        } else {
            renewals[id] = nil
            // Whoever uses it late is met late.
            let early = livesUntil.advanced(by: .zero - settings.timeToLive / 4)
            waits = min(waits, max(now.remaining(until: early), fact.isInUse ? soon : settings.timeToLive / 40, soon))
        }
        if fact.isInUse {
            let next = Hour(number: wallNow.hour.number + 1)
            let left = Double(next.start.seconds - wallNow.seconds) - lead(of: id)
            if fact.hoursAhead.contains(next) {
                // The one behind it comes in an hour.
            } else if left <= 0 {
                duties.append(.makeHourlyKey(id))
                waits = min(waits, soon)
            } else {
                waits = min(waits, max(.seconds(left), soon))
            }
        }
        polls.hasten(for: fact, settings)
        agenda[.use(id)] = now.advanced(by: waits)
        return duties
    }

    /// At about 80 % of the time to live.
    private mutating func renewal(of fact: UpkeepFacts, _ settings: KeyringSettings) -> BootInstant {
        let proof = fact.oldestProof ?? BootInstant(nanoseconds: 0)
        if let known = renewals[fact.environment], known.proof == proof { return known.at }
        let at = proof.advanced(by: settings.timeToLive * random(0.75...0.85))
        renewals[fact.environment] = Renewal(proof: proof, at: at)
        return at
    }

    private mutating func lead(of id: EnvironmentID) -> Double {
        let lead = leads[id] ?? random(Self.hourlyLead)
        leads[id] = lead
        return lead
    }
}
