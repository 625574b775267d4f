/// Knows the promises, and nothing of how they are kept: it sees what was asked, what was answered and told, what the KMS answered, and the
/// time; never the daemon's state.
final class Auditor {
    struct Finding {
        let rule: Rule
        let what: String
    }

    /// How long the daemon may take from an answer of the KMS to its consequence, on the slowest machine that is simulated; nanoseconds.
    static let grace: UInt64 = 10 * second
    /// How long an answer of the KMS may matter; nanoseconds.
    static let memory: UInt64 = 4_000 * second
    /// How far the believed wall clock may be from the truth; seconds.
    static let tolerance: Int64 = 600

    let clocks: SimClocks
    var environments: [String: AuditedEnvironment] = [:]
    /// The environments that a name may mean.
    var creations: [Int: String] = [:]
    var creationsLeftOpen: [String: Int] = [:]
    var entries: [AuditedEntry] = []
    var removals: [Removal] = []
    /// By environment, then by key of the KMS: its answers, oldest first.
    var calls: [String: [SimKMS.Call]] = [:]
    /// Ids of keys that a receipt names.
    var erased: Set<String> = []
    var timeToLive: UInt64 = 300 * second
    /// Under way, by a number of theirs.
    var replacements: [Int: Replacement] = [:]
    /// An operator said that a clock is right which was not.
    var wasFooled = false
    private(set) var finding: Finding?
    var say: (String) -> Void = { _ in }

    init(clocks: SimClocks) { self.clocks = clocks }

    var now: UInt64 { clocks.now }

    /// Only the first finding counts: what follows may follow from it.
    func breaks(_ rule: Rule, _ what: String) {
        guard finding == nil else { return }
        finding = Finding(rule: rule, what: what)
        say("BROKEN \(rule.rawValue): \(what)")
    }

    // MARK: The daemon's lives

    func died() {
        for index in removals.indices where removals[index].end == nil { removals[index].end = now }
        for name in creations.values { creationsLeftOpen[name, default: 0] += 1 }
        creations = [:]
        for id in environments.keys {
            environments[id]?.exists.leaveAllOpen(at: now)
            environments[id]?.isLocked.leaveAllOpen(at: now)
            environments[id]?.mainKey.leaveAllOpen(at: now)
            environments[id]?.isWithdrawn.leaveAllOpen(at: now)
            environments[id]?.retention.leaveAllOpen(at: now)
            environments[id]?.pending.leaveAllOpen(at: now)
            environments[id]?.isShutInMemory = false
            for place in environments[id]?.retentions.indices ?? 0..<0 where environments[id]?.retentions[place].answered == nil {
                environments[id]?.retentions[place].answered = now
            }
            // What a process said of a proof ends with it.
            environments[id]?.wipedAt = nil
        }
    }

    /// What is there after a start.
    func started(_ found: [(id: String, name: String)]) {
        for (id, name) in found where environments[id] == nil {
            guard let open = creationsLeftOpen[name], open > 0 else {
                breaks(.refusalsAreEmpty, "\(name) is there, though nobody's request to create it is open")
                continue
            }
            creationsLeftOpen[name] = open - 1
            created(id, name, under: nil)
        }
        let ids = Set(found.map(\.id))
        for (id, environment) in environments {
            if ids.contains(id) {
                if !environment.exists.mayBe(true) {
                    breaks(.refusalsAreEmpty, "\(environment.name) is there again, after its deletion was acknowledged")
                }
            } else if environment.exists.mustBe(true) {
                breaks(.nothingIsLost, "\(environment.name) is not there after a start")
            }
            _ = environments[id]?.exists.see(ids.contains(id), since: now)
        }
    }

    // MARK: What the KMS and the daemon tell

    func answered(_ call: SimKMS.Call) {
        calls[call.environment, default: []].append(call)
        // What is older says nothing of today.
        if let oldest = calls[call.environment]?.first, oldest.delivered + Self.memory < now {
            calls[call.environment]?.removeAll { $0.delivered + Self.memory / 2 < now }
        }
    }

    func told(_ told: Told) {
        switch told {
        case .verdict(let id, let denies, let wipes):
            // Of which of several main keys it speaks is not told.
            guard let environment = environments[id], environment.mainKeys.union(environment.labels).count == 1 else {
                environments[id]?.wipedAt = nil
                return
            }
            if wipes { environments[id]?.wipedAt = now } else if !denies { environments[id]?.wipedAt = nil }
        case .adopted(let id, let version, let isReplacement):
            environments[id]?.hangsUnder = nil
            environments[id]?.hasVersionsUntil = .max
            if isReplacement {
                environments[id]?.newest = version
                replaced(id)
            }
        case .repacked(let id, let version):
            hasOneVersion(id)
            if let environment = environments[id], environment.takenBack.contains(version) {
                breaks(
                    .theCensusIsExact,
                    "every key of \(environment.name) is said to hang under version \(version), whose replacement was taken back")
            }
        case .givenUp(let id):
            environments[id]?.registered = nil
            environments[id]?.pending.allow(nil, at: now)
        case .damaged(let id, let what):
            breaks(.nothingIsLost, "\(environments[id]?.name ?? id) is said to be damaged, and nobody damaged it: \(what)")
        }
    }

    /// A proof of an older version may still count for a while.
    func hasOneVersion(_ id: String) {
        guard environments[id]?.hasVersionsUntil == .max else { return }
        environments[id]?.hasVersionsUntil = now + timeToLive
    }

    // MARK: Environments

    /// - Parameter choice: nil where nobody knows.
    func created(_ id: String, _ name: String, under choice: MainKeyChoice?) {
        let none = DaemonAnswer.Retention()
        // The name was free: one that was to be deleted, and of which nobody was told, is gone.
        for (other, environment) in environments where environment.name == name && !environment.exists.mustBe(true) {
            environments[other]?.exists = Possible(false, at: now)
        }
        environments[id] = AuditedEnvironment(
            id: id, name: name, exists: Possible(true, at: now), isLocked: Possible(false, at: now),
            mainKey: Possible(choice?.label ?? .managed, at: now), mainKeys: choice.map { [$0.label] } ?? [],
            isWithdrawn: Possible(false, at: now), retention: Possible(none, at: now), retentions: [(none, now, now, nil)],
            pending: Possible(nil, at: now))
        if choice == nil { environments[id]?.isMainKeyUnknown = true }
    }

    /// Those that are there, by id.
    var known: [(id: String, name: String)] {
        environments.values.filter { $0.exists.mayBe(true) }.map { ($0.id, $0.name) }.sorted { $0.id < $1.id }
    }

    /// The one that a name means now; nil where there is none, or nobody knows.
    func environment(named name: String) -> AuditedEnvironment? {
        environments.values.first { $0.name == name && $0.exists.mayBe(true) }
    }
}
