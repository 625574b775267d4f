/// Rules 1 and 5: what was acknowledged opens, and what was erased does not.
extension Auditor {
    func sealed(_ entry: AuditedEntry, _ use: DaemonAnswer.Use) {
        entries.append(entry)
        if environments[entry.environment]?.endedKeys.contains(entry.key) == true {
            breaks(.replacementsAreGuarded, "\(describe(entry)) was made under a key that a replacement had ended")
        }
        used(entry.environment, use)
        if erased.contains(entry.key) { breaks(.erasuresAreExact, "\(describe(entry)) was made under a key that a receipt says is erased") }
    }

    func opened(_ entry: AuditedEntry, _ plain: [UInt8], _ use: DaemonAnswer.Use) {
        if plain != entry.plain { breaks(.nothingIsLost, "\(describe(entry)) opened to something else") }
        used(entry.environment, use)
        if let hangs = environments[entry.environment]?.hangsUnder, entry.acknowledged < hangs.before {
            let last = lastGrant(of: hangs.label, to: entry.environment, at: use.at)
            if case .kms = hangs.label, use.until > (last ?? 0) + timeToLive {
                breaks(
                    .nothingOpensLate,
                    "\(describe(entry)) hangs under \(hangs.label) alone, and is said to live longer than its last grant allows")
            }
        }
        if erased.contains(entry.key) {
            breaks(.erasuresAreExact, "\(describe(entry)) opened, though a receipt says that its key is erased")
        }
    }

    /// - Parameters:
    ///   - begin: when the request was sent.
    ///   - isAtRest: whether nothing is in its way any more.
    func refused(_ entry: AuditedEntry, _ refusal: Refusal, since begin: UInt64, isAtRest: Bool = false) {
        guard let environment = environments[entry.environment] else { return }
        switch refusal.code {
        case "erased", "unknownKey":
            if !mayBeGone(entry) {
                breaks(.erasuresAreExact, "\(describe(entry)) is gone, and nothing that was asked for took it: \(refusal)")
            }
        case "unknownEnvironment":
            if environment.exists.mustBe(true) {
                breaks(.nothingIsLost, "\(describe(entry)) is in an environment that is said not to be there")
            }
        case "locked":
            if environment.isLocked.mustBe(false, since: begin), environment.isShutInMemory == false {
                breaks(.refusalsAreEmpty, "\(environment.name) is said to be locked, and is not")
            }
            if isAtRest, !mayBeGone(entry) { breaks(.everythingRests, "\(describe(entry)) does not open: \(refusal)") }
        case "restricted", "revoked", "mismatched", "throttled", "unreachable", "wiped", "storeFailed", "limitReached", "died":
            if isAtRest, !mayBeGone(entry) { breaks(.everythingRests, "\(describe(entry)) does not open: \(refusal)") }
        default: breaks(.nothingIsLost, "\(describe(entry)) does not open: \(refusal)")
        }
    }

    /// Encrypting failed.
    func refused(_ name: String, _ refusal: Refusal, since begin: UInt64, isAtRest: Bool = false) {
        guard let environment = environment(named: name) else { return }
        switch refusal.code {
        case "unknownEnvironment":
            if environment.exists.mustBe(true, since: begin) { breaks(.nothingIsLost, "\(name) is said not to be there") }
        case "locked":
            if environment.isLocked.mustBe(false, since: begin), environment.isShutInMemory == false {
                breaks(.refusalsAreEmpty, "\(name) is said to be locked, and is not")
            }
        case "restricted", "revoked", "mismatched", "throttled", "unreachable", "wiped", "storeFailed", "limitReached", "died": break
        default: breaks(.nothingIsLost, "\(name) does not encrypt: \(refusal)")
        }
        if isAtRest, environment.exists.mustBe(true) { breaks(.everythingRests, "\(name) does not encrypt: \(refusal)") }
    }

    func describe(_ entry: AuditedEntry) -> String {
        let age = Self.seconds(now - entry.acknowledged)
        return "\(entry.isLent ? "lent key" : "ciphertext") \(entry.number) (\(entry.name), \(entry.scope), \(age) s old)"
    }

    // MARK: What may have become of it

    func mayBeGone(_ entry: AuditedEntry) -> Bool {
        for removal in removals where removal.environment == entry.environment && !removal.isVoid {
            switch removal.what {
            case .environment, .material: if entry.asked <= removal.end ?? .max { return true }
            case .subject(let subject): if entry.asked <= removal.end ?? .max, takes(subject, entry) { return true }
            }
        }
        return isOverByRetention(entry)
    }

    /// Whether an erasure that was asked for names it.
    func takes(_ subject: ErasureSubject, _ entry: AuditedEntry) -> Bool {
        switch subject {
        case .connection(let id): entry.scope == .connection(id)
        case .before(let time): entry.scope.isHourly && entry.hourEnd <= time
        case .logs(let time): entry.scope == .log && entry.trueWall <= time + Self.tolerance
        }
    }

    /// Whether a retention that was, or may have been, in force has ended it by now, in true time.
    func isOverByRetention(_ entry: AuditedEntry) -> Bool {
        guard let environment = environments[entry.environment] else { return false }
        return environment.retentions.contains { retention, _, _, until in
            let time = until.map { min(SimClocks.wall(at: $0), clocks.trueWall) } ?? clocks.trueWall
            guard entry.asked <= until ?? .max else { return false }
            if wasFooled { return true }
            if entry.scope.isHourly, let hours = retention.hours { return time + Self.tolerance >= entry.trueWall + hours }
            if entry.scope == .log, let logs = retention.logs { return time + Self.tolerance >= entry.trueWall + logs }
            return false
        }
    }

    // MARK: Receipts

    func showed(_ receipt: DaemonAnswer.Receipt, asked subject: ErasureSubject?) {
        guard erased.isDisjoint(with: receipt.keys) || !erased.isSuperset(of: receipt.keys) || subject != nil else { return }
        erased.formUnion(receipt.keys)
        let keys = Set(receipt.keys)
        for entry in entries where keys.contains(entry.key) {
            if let subject, !wasFooled, !takes(subject, entry) {
                breaks(.erasuresAreExact, "the receipt for \(subject) names the key of \(describe(entry))")
            } else if !mayBeGone(entry) {
                breaks(.erasuresAreExact, "a receipt names the key of \(describe(entry)), and nothing that was asked for takes it")
            }
        }
    }
}
