package import KeyHierarchy
package import Keyring

/// Decides what upkeep is due. The timer around it only brings the facts and the time, often enough.
package struct UpkeepPlan: Sendable {
    /// A duty's time, and what it was computed from.
    private struct Appointment {
        var basis: BootInstant
        var at: BootInstant
    }

    /// An idle environment's key is polled that often.
    private static let idleInterval = Duration.seconds(3600)
    private static let clockInterval = Duration.seconds(20)
    /// At a time of its own within the hour, so that not all environments erase in the same minute.
    private static let retentionInterval = Duration.seconds(3600)
    private static let managedInterval = Duration.seconds(600)
    /// The next hour's keys are made in this span before their hour.
    private static let hourlyLead = 60.0...600.0

    private var renewals: [EnvironmentID: Appointment] = [:]
    private var polls: [PollTarget: Appointment] = [:]
    private var leads: [EnvironmentID: Double] = [:]
    private var others: [UpkeepDuty: BootInstant] = [:]
    private let random: @Sendable (ClosedRange<Double>) -> Double

    /// - Parameter random: spreads what would else happen at once.
    package init(random: @escaping @Sendable (ClosedRange<Double>) -> Double = { Double.random(in: $0) }) { self.random = random }

    /// What is due now; each duty is told once, and again when its time comes again.
    package mutating func due(_ facts: [UpkeepFacts], settings: KeyringSettings, now: BootInstant, wallNow: WallTime) -> [UpkeepDuty] {
        var duties: [UpkeepDuty] = []
        if isDue(.tickClock, every: Self.clockInterval, now) { duties.append(.tickClock) }
        for fact in facts {
            if renews(fact, settings, now) { duties.append(.renew(fact.environment)) }
            if wantsHourlyKey(fact, wallNow) { duties.append(.makeHourlyKey(fact.environment)) }
            if let since = fact.managedSince, wallNow >= since.advanced(by: settings.managedRotation),
                isDue(.rotateManagedKey(fact.environment), every: Self.managedInterval, now)
            {
                duties.append(.rotateManagedKey(fact.environment))
            }
            if fact.hasRetention, isRetentionDue(fact.environment, now) {
                duties.append(.runRetention(fact.environment))
            }
        }
        duties += duePolls(facts, settings, now)
        forget(facts)
        return duties
    }

    /// At about 80 % of the time to live.
    private mutating func renews(_ fact: UpkeepFacts, _ settings: KeyringSettings, _ now: BootInstant) -> Bool {
        guard let proof = fact.oldestProof else {
            renewals[fact.environment] = nil
            return false
        }
        let appointment: Appointment
        if let known = renewals[fact.environment], known.basis == proof {
            appointment = known
        } else {
            appointment = Appointment(basis: proof, at: proof.advanced(by: settings.timeToLive * random(0.75...0.85)))
            renewals[fact.environment] = appointment
        }
        return now >= appointment.at
    }

    private mutating func wantsHourlyKey(_ fact: UpkeepFacts, _ now: WallTime) -> Bool {
        let next = Hour(number: now.hour.number + 1)
        guard fact.isInUse, !fact.hoursAhead.contains(next) else { return false }
        let lead = leads[fact.environment] ?? random(Self.hourlyLead)
        leads[fact.environment] = lead
        return Double(next.start.seconds - now.seconds) <= lead
    }

    private mutating func duePolls(_ facts: [UpkeepFacts], _ settings: KeyringSettings, _ now: BootInstant) -> [UpkeepDuty] {
        var isBusy: [PollTarget: Bool] = [:]
        for fact in facts {
            for target in fact.targets { isBusy[target] = (isBusy[target] ?? false) || fact.isInUse || fact.isInTrouble }
        }
        var duties: [UpkeepDuty] = []
        for (target, isBusy) in isBusy {
            let interval = isBusy ? settings.pollInterval : max(Self.idleInterval, settings.pollInterval)
            guard let known = polls[target] else {
                polls[target] = Appointment(basis: now, at: now.advanced(by: settings.pollInterval * random(0.1...0.9)))
                continue
            }
            // Earlier where it came into use since, never later.
            let at = min(known.at, known.basis.advanced(by: interval))
            guard now >= at else { continue }
            polls[target] = Appointment(basis: now, at: now.advanced(by: interval * random(0.8...0.95)))
            duties.append(.poll(target))
        }
        for target in polls.keys where isBusy[target] == nil { polls[target] = nil }
        return duties
    }

    /// The first time soon after the start, but not for all at once.
    private mutating func isRetentionDue(_ id: EnvironmentID, _ now: BootInstant) -> Bool {
        guard others[.runRetention(id)] != nil else {
            others[.runRetention(id)] = now.advanced(by: Self.retentionInterval * random(0.002...0.2))
            return false
        }
        return isDue(.runRetention(id), every: Self.retentionInterval, now)
    }

    private mutating func isDue(_ duty: UpkeepDuty, every interval: Duration, _ now: BootInstant) -> Bool {
        if let at = others[duty], now < at { return false }
        others[duty] = now.advanced(by: interval * random(0.8...1))
        return true
    }

    private mutating func forget(_ facts: [UpkeepFacts]) {
        guard leads.count > facts.count + 1000 || others.count > 3 * facts.count + 1000 else { return }
        let known = Set(facts.map(\.environment))
        leads = leads.filter { known.contains($0.key) }
        renewals = renewals.filter { known.contains($0.key) }
        others = others.filter { duty, _ in
            switch duty {
            case .renew(let id), .makeHourlyKey(let id), .rotateManagedKey(let id), .runRetention(let id): known.contains(id)
            case .poll, .tickClock: true
            }
        }
    }
}
