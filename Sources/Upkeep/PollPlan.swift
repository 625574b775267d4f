internal import KeyHierarchy
internal import Keyring

/// Decides when keys in a KMS are polled: each once, however many environments share it.
struct PollPlan: Sendable {
    /// An idle environment's key is polled that often.
    private static let idleInterval = Duration.seconds(3600)

    private var agenda = Agenda<PollTarget, BootInstant>()
    /// When each was polled last, or became known.
    private var bases: [PollTarget: BootInstant] = [:]
    private var sharing: [PollTarget: Set<EnvironmentID>] = [:]
    private var targets: [EnvironmentID: Set<PollTarget>] = [:]
    private let random: @Sendable (ClosedRange<Double>) -> Double

    init(random: @escaping @Sendable (ClosedRange<Double>) -> Double) { self.random = random }

    mutating func note(_ id: EnvironmentID, _ facts: UpkeepFacts?, _ settings: KeyringSettings, _ now: BootInstant) {
        let new = facts?.targets ?? []
        let old = targets[id] ?? []
        if new != old {
            targets[id] = new.isEmpty ? nil : new
            for target in old.subtracting(new) { leave(target, id) }
            for target in new.subtracting(old) { join(target, id, settings, now) }
        }
        if let facts { hasten(for: facts, settings) }
    }

    private mutating func join(_ target: PollTarget, _ id: EnvironmentID, _ settings: KeyringSettings, _ now: BootInstant) {
        sharing[target, default: []].insert(id)
        guard bases[target] == nil else { return }
        bases[target] = now
        agenda[target] = now.advanced(by: settings.pollInterval * random(0.1...0.9))
    }

    private mutating func leave(_ target: PollTarget, _ id: EnvironmentID) {
        sharing[target]?.remove(id)
        guard sharing[target]?.isEmpty == true else { return }
        sharing[target] = nil
        bases[target] = nil
        agenda[target] = nil
    }

    /// Keys of what is in use, or in trouble, are polled earlier, never later.
    mutating func hasten(for fact: UpkeepFacts, _ settings: KeyringSettings) {
        guard fact.isInUse || fact.isInTrouble else { return }
        for target in fact.targets {
            guard let basis = bases[target], let at = agenda[target] else { continue }
            agenda[target] = min(at, basis.advanced(by: settings.pollInterval))
        }
    }

    mutating func due(_ settings: KeyringSettings, _ now: BootInstant, _ facts: (EnvironmentID) -> UpkeepFacts?) -> [UpkeepDuty] {
        var duties: [UpkeepDuty] = []
        while let target = agenda.next(where: { $0 <= now }) {
            let isBusy = (sharing[target] ?? []).contains { id in facts(id).map { $0.isInUse || $0.isInTrouble } ?? false }
            let interval = isBusy ? settings.pollInterval : max(Self.idleInterval, settings.pollInterval)
            bases[target] = now
            agenda[target] = now.advanced(by: interval * random(0.8...0.95))
            duties.append(.poll(target))
        }
        return duties
    }
}
