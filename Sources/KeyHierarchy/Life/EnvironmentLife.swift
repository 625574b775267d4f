/// What an environment may do right now, and until when.
///
/// ``next(_:at:)`` is the only way in which it changes, and says what is to be done; whoever runs it does that.
package struct EnvironmentLife: Sendable {
    package private(set) var record: EnvironmentRecord
    package private(set) var isDeleted = false
    /// By main key: the one in force, and those that keys still hang under.
    package private(set) var mainKeys: [MainKeyID: MainKeyLife] = [:]
    /// Locks that hold, and that the store has not kept yet.
    package private(set) var unkeptLocks: [EnvironmentLock] = []
    /// Why nothing is certain until the record was read again.
    package private(set) var unsettled: HierarchyError?
    private var proofs: [EnvironmentKeyVersion: Proof] = [:]
    /// Counts what makes an answer that is under way worthless, whichever main key gives it: a wipe, a lock, a deletion.
    private var shutdowns: UInt64 = 0

    package init(record: EnvironmentRecord) { self.record = record }

    // MARK: What is so

    /// Nothing may be used from then on; 0 while nothing may be.
    package var deadline: BootInstant { proofs[record.environmentKey.version]?.until ?? BootInstant(nanoseconds: 0) }

    /// What hangs under a version may not be used from then on: its own proof counts, and the current one's.
    package func deadline(of version: EnvironmentKeyVersion) -> BootInstant {
        min(deadline, proofs[version]?.until ?? BootInstant(nanoseconds: 0))
    }

    /// The first time at which something must be wiped, unless a proof comes first.
    package var nextDeadline: BootInstant? { proofs.keys.map { deadline(of: $0) }.min() }

    /// When the last proof of a version was sent.
    package func proof(of version: EnvironmentKeyVersion) -> BootInstant? { proofs[version]?.sentAt }

    /// Every lock that holds, oldest first.
    package var locks: [EnvironmentLock] {
        record.locks + unkeptLocks.filter { lock in !record.locks.contains { $0.number == lock.number } }
    }

    /// Of the main key in force.
    package var mainKey: MainKeyLife { mainKeys[record.mainKey.id] ?? MainKeyLife() }

    /// Why nothing may be used, whatever the main key says; nil where it is up to that.
    package var shut: HierarchyError? {
        if isDeleted { return .unknown(record.identity.name) }
        if let damage = record.damage { return .damaged(record.identity.name, damage) }
        if let lock = locks.first { return .locked(record.identity.name, lock, others: locks.count - 1) }
        return unsettled
    }

    /// A question to the main key of a version, asked now.
    package func question(
        _ key: EnvironmentKeyRecord, _ mainKey: MainKeyRecord, at now: LifeMoment
    ) -> PendingProof {
        PendingProof(
            key: key, mainKey: mainKey, askedAt: now.boot, shutdowns: shutdowns, denials: mainKeys[mainKey.id]?.denials ?? 0)
    }

    // MARK: What happens

    package mutating func next(_ event: LifeEvent, at now: LifeMoment) -> [LifeEffect] {
        switch event {
        case .requested(let version, let urgency): request(version ?? record.environmentKey.version, urgency, now)
        case .granted(let proof): grant(proof, now)
        case .denied(let question, let failure): deny(question.mainKey.id, failure, askedAt: question.askedAt, now)
        case .polled(let mainKey, let failure): poll(mainKey, failure, now)
        case .locked(let at, let reason): lockUp(at, reason)
        case .changed(let record, let act): take(record, act, now)
        case .moved(let repack): move(repack)
        case .erasing(let subject): [.dropDoomed(subject)]
        case .erased(let keys): [.dropKeys(keys)]
        case .deleted: delete()
        case .stopped: shutDown()
        case .reclaimed: wipe()
        case .damaged(let what): damage(what)
        case .unsettled(let error): unsettle(error)
        case .clock: expire(now)
        case .ruled: rule(now)
        }
    }

    // MARK: Proofs

    private func request(_ version: EnvironmentKeyVersion, _ urgency: LifeEvent.Urgency, _ now: LifeMoment) -> [LifeEffect] {
        if let shut { return [.refuse(shut)] }
        guard let key = record.environmentKey(version), let mainKey = record.mainKey(key.mainKey) else { return [.refuse(.wipedMeanwhile)] }
        if urgency == .ifNeeded, now.boot < deadline(of: version) { return [.use(version)] }
        if urgency != .insistent, let failure = mainKeys[mainKey.id]?.failure, now.boot < failure.retryAt {
            return [.refuse(failure.error)]
        }
        return [.ask(question(key, mainKey, at: now))]
    }

    private mutating func grant(_ proof: GrantedProof, _ now: LifeMoment) -> [LifeEffect] {
        let version = proof.pending.key.version
        let until = proof.sentAt.advanced(by: now.rules.timeToLive)
        guard now.boot < until else { return [.refuse(.lateGrant(at: now.wall))] }
        guard counts(proof.pending) else { return [.refuse(shut ?? .worthlessGrant(at: now.wall))] }
        // The current key gates everything: without it, nothing below an older version may live.
        guard version == record.environmentKey.version || now.boot < deadline else { return [.refuse(.worthlessGrant(at: now.wall))] }
        if until > proofs[version]?.until ?? BootInstant(nanoseconds: 0) { proofs[version] = Proof(sentAt: proof.sentAt, until: until) }
        let verdict = VerdictRecord(.granted, at: now.wall)
        var life = mainKeys[proof.pending.mainKey.id] ?? MainKeyLife()
        life.verdict = verdict
        life.verdictAskedAt = max(life.verdictAskedAt, proof.pending.askedAt)
        life.provedAt = now.wall.advanced(by: .zero - proof.sentAt.remaining(until: now.boot))
        life.failure = nil
        mainKeys[proof.pending.mainKey.id] = life
        return [
            .keep(version, until: proofs[version]?.until ?? until),
            .tell(.verdict(verdict, isInForce: proof.pending.mainKey.id == record.mainKey.id)),
        ]
    }

    /// Whether nothing came between the question and now that makes a grant worthless.
    private func counts(_ question: PendingProof) -> Bool {
        shut == nil && question.shutdowns == shutdowns && record.environmentKey(question.key.version)?.mainKey == question.mainKey.id
            && question.denials == mainKeys[question.mainKey.id]?.denials ?? 0
    }

    private mutating func deny(
        _ mainKey: MainKeyID, _ failure: MainKeyFailure, askedAt: BootInstant, _ now: LifeMoment
    ) -> [LifeEffect] {
        var life = mainKeys[mainKey] ?? MainKeyLife()
        // A verdict that is repeated holds since it was first given.
        let since = life.verdict.flatMap { $0.verdict == failure.verdict ? $0.at : nil } ?? now.wall
        let verdict = VerdictRecord(failure.verdict, at: since, reason: failure.reason)
        let error = HierarchyError(failure, of: record.identity.name, verdict: verdict)
        let consequence = Consequence(of: failure.verdict, onRestriction: now.rules.onRestriction)
        guard !isDeleted, record.mainKey(mainKey) != nil, askedAt >= life.verdictAskedAt || consequence.keys == .wiped else {
            return [.refuse(error)]
        }
        let attempts = (life.failure?.attempts ?? 0) + 1
        life.verdict = verdict
        life.verdictAskedAt = max(life.verdictAskedAt, askedAt)
        life.failure = MainKeyLife.Failure(
            error: error, retryAt: now.boot.advanced(by: now.rules.pause(after: attempts, share: now.share)), attempts: attempts)
        if consequence.isDenial { life.denials += 1 }
        mainKeys[mainKey] = life
        let gone: [LifeEffect] =
            if consequence.keys != .wiped {
                []
            } else if mainKey == record.mainKey.id {
                shutDown()
            } else {
                drop(record.versions(under: mainKey))
            }
        return gone + [.tell(.verdict(verdict, isInForce: mainKey == record.mainKey.id)), .refuse(error)]
    }

    /// A denial that is no news makes a grant that is under way worthless all the same.
    private mutating func poll(_ mainKey: MainKeyID, _ failure: MainKeyFailure, _ now: LifeMoment) -> [LifeEffect] {
        if isNews(failure, mainKey) { return deny(mainKey, failure, askedAt: now.boot, now) }
        if Consequence(of: failure.verdict, onRestriction: now.rules.onRestriction).isDenial { mainKeys[mainKey]?.denials += 1 }
        return []
    }

    /// Whether a KMS's word on a key's state was not told already, or something was proved since.
    private func isNews(_ failure: MainKeyFailure, _ mainKey: MainKeyID) -> Bool {
        let known = mainKeys[mainKey]?.verdict
        return known?.verdict != failure.verdict || known?.reason != failure.reason
    }

    // MARK: The operator and the store

    private mutating func lockUp(_ at: WallTime, _ reason: String) -> [LifeEffect] {
        guard !isDeleted else { return [.refuse(.unknown(record.identity.name))] }
        guard locks.count < EnvironmentLock.most else { return [.refuse(.tooManyLocks(record.identity.name))] }
        let number = max(record.newestLock, unkeptLocks.map(\.number).max() ?? 0) + 1
        let lock = EnvironmentLock(number: number, at: at, reason: reason)
        unkeptLocks.append(lock)
        return shutDown() + [.write(.lock(lock))]
    }

    private mutating func take(_ new: EnvironmentRecord, _ act: LifeEvent.Act, _ now: LifeMoment) -> [LifeEffect] {
        // An answer that a later one has overtaken says nothing new.
        guard !isDeleted, new.revision >= record.revision else { return [] }
        let old = record
        let wasShut = shut != nil
        record = new
        record.damage = new.damage ?? old.damage
        unsettled = nil
        unkeptLocks.removeAll { $0.number <= new.newestLock }
        if case .unlocked(let numbers) = act { unkeptLocks.removeAll { numbers.contains($0.number) } }
        mainKeys = mainKeys.filter { new.mainKey($0.key) != nil }
        var effects: [LifeEffect] = []
        if record.damage != nil, old.damage == nil { effects += shutDown() + [.tell(.damaged(record.damage ?? ""))] }
        if shut != nil, !wasShut { effects += shutDown() }
        effects += drop(proofs.keys.filter { new.environmentKey($0) == nil })
        if new.keyFloor > old.keyFloor || new.environmentKey.version < old.environmentKey.version { effects.append(.endEncryption) }
        // Whoever tells it: the answer of the withdrawal itself may be the one that was overtaken.
        for mainKey in new.mainKeys where mainKey.isWithdrawn && old.mainKey(mainKey.id)?.isWithdrawn == false {
            effects += deny(mainKey.id, .withdrawn(new.identity.name), askedAt: now.boot, now)
        }
        switch act {
        case .replaced(let proof), .rotated(let proof): effects += grant(proof, now)
        case .refreshed, .retired, .unlocked: break
        }
        // A current version whose key is not in memory gates what is: until it is proved, nothing may be used.
        if shut == nil, proofs[new.environmentKey.version] == nil, !proofs.isEmpty { effects += shutDown() }
        return effects
    }

    /// The operator may have paused it meanwhile: whether it runs is told by the record alone.
    private mutating func move(_ repack: RepackRecord) -> [LifeEffect] {
        guard let known = record.repack, known.target == repack.target else { return [] }
        record.repack = repack
        record.repack?.state = known.state
        return []
    }

    private mutating func delete() -> [LifeEffect] {
        isDeleted = true
        return shutDown()
    }

    private mutating func damage(_ what: String) -> [LifeEffect] {
        guard !isDeleted else { return [.refuse(.unknown(record.identity.name))] }
        let isNew = record.damage == nil
        record.damage = record.damage ?? what
        return shutDown() + (isNew ? [.tell(.damaged(what))] : []) + [.refuse(.damaged(record.identity.name, record.damage ?? what))]
    }

    private mutating func unsettle(_ error: KeyStoreError) -> [LifeEffect] {
        let refusal = HierarchyError(error)
        unsettled = refusal
        return shutDown() + [.refuse(refusal)]
    }

    // MARK: Time

    private mutating func expire(_ now: LifeMoment) -> [LifeEffect] {
        guard !proofs.isEmpty else { return [] }
        if deadline <= now.boot { return wipe() }
        return drop(proofs.filter { $0.value.until <= now.boot }.map(\.key))
    }

    private mutating func rule(_ now: LifeMoment) -> [LifeEffect] {
        for (version, proof) in proofs {
            proofs[version]?.until = min(proof.until, proof.sentAt.advanced(by: now.rules.timeToLive))
        }
        return expire(now) + proofs.map { .keep($0.key, until: $0.value.until) }
    }

    // MARK: Ends

    /// At the deadline. A grant whose request was sent before it still counts.
    private mutating func wipe() -> [LifeEffect] {
        proofs = [:]
        return [.wipe]
    }

    /// Wipes, and makes every grant that is under way worthless.
    private mutating func shutDown() -> [LifeEffect] {
        shutdowns += 1
        return wipe()
    }

    private mutating func drop(_ versions: some Sequence<EnvironmentKeyVersion>) -> [LifeEffect] {
        let gone = Set(versions.filter { proofs[$0] != nil })
        for version in gone { proofs[version] = nil }
        return gone.isEmpty ? [] : [.drop(gone)]
    }
}
