/// Rules 3, 4 and 6: what operators ask for, and what they are shown.
extension Auditor {
    // MARK: Acts that take data away

    func begin(_ what: Removal.What, of id: String) -> Int {
        removals.append(Removal(environment: id, what: what, begin: now))
        return removals.count - 1
    }

    func end(_ removal: Int, _ refusal: Refusal?) {
        if removals[removal].end == nil { removals[removal].end = now }
        if refusal == nil { removals[removal].isAcknowledged = true }
        if refusal?.meaning == .refused { removals[removal].isVoid = true }
    }

    // MARK: Replacements

    /// Of one that is under way: what was asked for.
    struct Replacement {
        let environment: String
        let label: MainKeyLabel
        let withoutOld: Bool
        let begin: UInt64
    }

    /// A replacement took effect.
    func replaced(_ id: String) {
        guard let environment = environments[id] else { return }
        let underWay = replacements.values.filter { $0.environment == id }
        let mayBeWithoutOld = underWay.contains(where: \.withoutOld) || environment.mayLeaveWithoutOld
        environments[id]?.wasWaived = false
        if let last = environment.replacedAt, !wasFooled, Self.seconds(now - last) + UInt64(Self.tolerance) < 86_400 {
            let isKeyGone = environment.isWithdrawn.mayBe(true) && environment.mainKey.mayBe(.material)
            if !isKeyGone || !mayBeWithoutOld || environment.wasWaived {
                breaks(.replacementsAreGuarded, "\(environment.name) was replaced twice within \(Self.seconds(now - last)) s")
            }
            environments[id]?.wasWaived = true
        }
        environments[id]?.replacedAt = now
        // It may have taken effect some time before it is told.
        let since = underWay.map(\.begin).min() ?? now - min(now, Self.grace)
        // What is being cancelled may have been taken back already.
        if environment.cancellations == 0 {
            environments[id]?.endedKeys.formUnion(entries.lazy.filter { $0.environment == id && $0.acknowledged < since }.map(\.key))
        }
        if environment.isLocked.mustBe(true, since: since) {
            breaks(.refusalsAreEmpty, "\(environment.name) was replaced, though its lock was acknowledged")
        }
        let mayBePending = environment.pending.settledValues.contains { $0 != nil }
        guard !environment.isMainKeyUnknown else { return }
        if !mayBeWithoutOld {
            // A question that was under way already when it was asked for may be its proof.
            let asked = underWay.map(\.begin).min() ?? now
            let begin = mayBePending ? now - min(now, 300 * second) : asked - min(asked, SimKMS.timeout)
            // The new key's proof is not the old one's.
            let old = environment.mainKey.settledValues
            let isProved = old.contains { label in
                switch label {
                case .managed: true
                case .material: !environment.isWithdrawn.mustBe(true)
                case .kms: lastGrant(of: label, to: id, at: now).map { $0 >= begin } ?? false
                }
            }
            if !isProved {
                breaks(
                    .replacementsAreGuarded,
                    "\(environment.name) left \(Self.list(old)) without a fresh proof of it")
            }
        }
        var candidates = Set(underWay.map(\.label)).union(environment.pending.values.compactMap { $0 })
        // One that waited was seen in force already, before it was told.
        if candidates.isEmpty { candidates = environment.mainKey.settledValues }
        let answers = candidates.contains { label in
            switch label {
            case .managed, .material: true
            case .kms: lastGrant(of: label, to: id, at: now) != nil
            }
        }
        for label in candidates {
            environments[id]?.mainKey.allow(label, at: now)
            environments[id]?.mainKeys.insert(label)
            if environment.pending.mayBe(label) { environments[id]?.pending.allow(nil, at: now) }
        }
        if !answers {
            breaks(.replacementsAreGuarded, "\(environment.name) was replaced by \(Self.list(candidates)), of which no grant counts")
        }
    }

    // MARK: What operators are shown

    /// - Parameter begin: when the request was sent.
    func showed(_ view: DaemonAnswer.View, since begin: UInt64) {
        let id = view.environment
        guard var environment = environments[id] else { return }
        let name = environment.name
        if environment.exists.mustBe(false, since: begin) {
            breaks(.refusalsAreEmpty, "\(name) is shown, after its deletion was acknowledged")
        }
        if environment.isMainKeyUnknown {
            environment.mainKey = Possible(view.mainKey, at: now)
            environment.isMainKeyUnknown = false
        }
        if environment.pending.mayBe(view.mainKey) { environment.mainKey.allow(view.mainKey, at: begin) }
        if view.pending == nil, environment.registered == view.mainKey {
            environment.registered = nil
            environment.pending.allow(nil, at: begin)
        }
        if let pending = view.pending, environment.pending.mayBe(pending) { environment.registered = pending }
        if let registered = environment.registered, view.pending == nil, !environment.pending.mayBe(nil) {
            breaks(.refusalsAreEmpty, "\(registered) was to wait for its grant in \(name), and does not any more; nobody was told")
        }
        if !environment.mainKey.see(view.mainKey, since: begin) {
            breaks(.refusalsAreEmpty, "\(name) is under \(view.mainKey), and may only be under \(Self.list(environment.mainKey.values))")
        }
        environment.mainKeys.insert(view.mainKey)
        // A lock that holds in memory alone says nothing of the store.
        let isOfTheStore = environment.isShutInMemory == false || !view.isLocked
        if isOfTheStore, !environment.isLocked.see(view.isLocked, since: begin) {
            breaks(.refusalsAreEmpty, "\(name) is \(view.isLocked ? "" : "not ")locked, against what was acknowledged")
        }
        if !environment.retention.see(view.retention, since: begin) {
            breaks(.refusalsAreEmpty, "\(name) has a retention that nobody set: \(view.retention)")
        }
        if view.mainKey == .material, !environment.isWithdrawn.see(view.isWithdrawn, since: begin) {
            breaks(
                .refusalsAreEmpty, "the material of \(name) is \(view.isWithdrawn ? "" : "not ")withdrawn, against what was acknowledged")
        }
        if !environment.pending.see(view.pending, since: begin) {
            breaks(
                .refusalsAreEmpty,
                "of \(name), \(view.pending?.description ?? "no main key") waits for its grant, against what was acknowledged")
        }
        let older = Set(view.census.filter { $0.version != view.version }.map(\.mainKey))
        if let repack = view.repack, repack.isPaused, older.count == 1, let label = older.first, label != view.mainKey,
            view.census.contains(where: { $0.version == view.version && $0.keys == 0 })
        {
            environment.hangsUnder = (label, begin)
        } else {
            environment.hangsUnder = nil
        }
        environments[id] = environment
        if view.census.count == 1 { hasOneVersion(id) }
        let wasProved = environment.labels.contains { label in
            guard case .kms = label else { return true }
            return lastGrant(of: label, to: id, at: now).map { now < $0 + timeToLive + 600 * second } ?? false
        }
        if view.keysInMemory > 0, !wasProved, environment.mainKeys.union(environment.labels).count == 1 {
            breaks(.nothingOpensLate, "\(name) still has \(view.keysInMemory) keys in memory, long after the last grant that counts")
        }
        count(view)
    }

    /// Rule 4. What a client holds must be counted; the census of one moment counts each key under every version that it hangs under.
    private func count(_ view: DaemonAnswer.View) {
        guard let environment = environments[view.environment] else { return }
        let live = Set(entries.filter { $0.environment == view.environment && !mayBeGone($0) }.map(\.key))
        if view.keys < live.count {
            breaks(.theCensusIsExact, "\(environment.name) counts \(view.keys) keys, and clients hold ciphertexts under \(live.count)")
        }
        let counted = view.census.map(\.keys).reduce(0, +)
        if counted < view.keys {
            breaks(.theCensusIsExact, "the census of \(environment.name) counts \(counted) keys of \(view.keys)")
        }
        if let most = view.census.map(\.keys).max(), most > view.keys {
            breaks(.theCensusIsExact, "the census of \(environment.name) counts \(most) keys, and there are \(view.keys)")
        }
        if view.repack == nil, let other = view.census.first(where: { $0.version != view.version }) {
            breaks(
                .theCensusIsExact,
                "\(other.keys) keys of \(environment.name) hang under version \(other.version), with version \(view.version) in force and no repack"
            )
        }
    }
}
