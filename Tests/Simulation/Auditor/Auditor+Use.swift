/// Rule 2: nothing opens too late.
extension Auditor {
    /// A key of the environment was used.
    func used(_ id: String, _ use: DaemonAnswer.Use) {
        guard let environment = environments[id] else { return }
        let name = environment.name
        if environment.exists.mustBe(false) { breaks(.nothingOpensLate, "\(name) was used after its deletion was acknowledged") }
        if environment.isLocked.mustBe(true) || environment.isShutInMemory == true {
            breaks(.nothingOpensLate, "\(name) was used after its lock was acknowledged")
        }
        if environment.isWithdrawn.mustBe(true), environment.mainKey.mustBe(.material) {
            breaks(.nothingOpensLate, "\(name) was used after the withdrawal of its material was acknowledged")
        }
        if let wiped = environment.wipedAt, wiped < use.at {
            breaks(.nothingOpensLate, "\(name) was used \(Self.seconds(use.at - wiped)) s after a verdict was told that wipes")
        }
        if use.until <= use.at {
            breaks(.nothingOpensLate, "\(name) was used \(Self.seconds(use.at - use.until)) s after the deadline that its answer tells")
        }
        guard !environment.isMainKeyUnknown else { return }
        let labels = environment.labels
        if !labels.contains(where: { grants($0, to: id, at: use.at) }) {
            breaks(.nothingOpensLate, "\(name) was used though no grant of \(Self.list(labels)) counts any more")
        }
        published(use, of: environment, labels)
    }

    /// Until when an answer says that its environment would live.
    private func published(_ use: DaemonAnswer.Use, of environment: AuditedEnvironment, _ labels: Set<MainKeyLabel>) {
        let latest = labels.map { lastGrant(of: $0, to: environment.id, at: use.at).map { $0 + timeToLive } ?? 0 }.max() ?? 0
        let limit = labels.contains { $0 == .managed || $0 == .material } ? use.at + timeToLive : latest
        if use.until > limit {
            breaks(
                .nothingOpensLate,
                "\(environment.name) is said to live \(Self.seconds(use.until - limit)) s longer than the last grant of \(Self.list(labels)) allows"
            )
        }
        if let last = environment.published, use.at >= last.until, !labels.contains(.managed), !labels.contains(.material),
            last.at >= environment.hasVersionsUntil
        {
            let isProved = calls[environment.id]?.contains { $0.delivered > last.at && $0.grantsADecrypt } ?? false
            if !isProved {
                breaks(
                    .nothingOpensLate,
                    "\(environment.name) was used \(Self.seconds(use.at - last.until)) s after the deadline that was told, without another grant"
                )
            }
        }
        environments[environment.id]?.published = (use.at, use.until)
    }

    /// Whether a main key's proof counts at a time.
    func grants(_ label: MainKeyLabel, to id: String, at time: UInt64) -> Bool {
        switch label {
        case .managed, .material: true
        case .kms: lastGrant(of: label, to: id, at: time).map { time < $0 + timeToLive } ?? false
        }
    }

    /// When the last grant was sent that still counts: none that came after a denial which came after it was sent, and none from before
    /// one that wipes.
    func lastGrant(of label: MainKeyLabel, to id: String, at time: UInt64) -> UInt64? {
        guard case .kms(let key) = label, let calls = calls[id] else { return nil }
        var last: UInt64?
        for call in calls where call.key == key && call.delivered <= time && call.grantsADecrypt {
            let isVoid = calls.contains { denial in
                guard denial.key == key, denial.delivered > call.sent, denial.delivered <= time else { return false }
                if denial.wipes { return denial.delivered + Self.grace < time || denial.delivered < call.delivered }
                return denial.denies && denial.delivered < call.delivered
            }
            if !isVoid { last = max(last ?? 0, call.sent) }
        }
        return last
    }

    static func seconds(_ nanoseconds: UInt64) -> UInt64 { nanoseconds / second }

    static func list(_ labels: Set<MainKeyLabel>) -> String { labels.map(\.description).sorted().joined(separator: " or ") }
}

extension SimKMS.Call {
    var grantsADecrypt: Bool { action == .decrypt && state == .enabled }

    /// It says that the key is off or gone, or that another answered.
    var wipes: Bool {
        switch state {
        case .disabled, .deleted: true
        // What a candidate answers is no verdict on the key in force.
        case .lying: action == .decrypt && !isProbe
        case .enabled, .denied, .throttled, .silent, .down: false
        }
    }

    /// A describe that is not allowed says nothing of the key's use.
    var denies: Bool { wipes || (state == .denied && action != .describe) }
}
