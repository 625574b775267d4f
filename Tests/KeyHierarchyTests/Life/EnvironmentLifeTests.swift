import KeyHierarchy
import Testing

@Suite("The life of an environment")
struct EnvironmentLifeTests {
    // MARK: Proofs

    @Test("an answer older than the time to live is worth nothing")
    func late() throws {
        var fixture = try LifeFixture(timeToLive: .seconds(60))
        let question = try fixture.ask()
        let sentAt = fixture.now.boot
        fixture.pass(.seconds(60))
        let effects = fixture.happens(.granted(GrantedProof(question, sentAt: sentAt)))
        #expect(effects.refusal == .unreachable)
        #expect(!fixture.isUsable())
    }

    @Test("an answer whose request was sent before the deadline counts, though the cache was wiped at the deadline meanwhile")
    func overDeadline() throws {
        var fixture = try LifeFixture(timeToLive: .seconds(60))
        try fixture.prove()
        fixture.pass(.seconds(59))
        let question = try fixture.ask()
        let sentAt = fixture.now.boot
        fixture.pass(.seconds(2))
        #expect(fixture.happens(.clock).wipes)
        #expect(fixture.happens(.granted(GrantedProof(question, sentAt: sentAt))).keeps == sentAt.advanced(by: .seconds(60)))
    }

    @Test("an earlier proof that comes later shortens nothing")
    func overtaken() throws {
        var fixture = try LifeFixture()
        let early = try fixture.ask()
        let sentEarly = fixture.now.boot
        fixture.pass(.seconds(5))
        try fixture.prove()
        let deadline = fixture.life.deadline
        fixture.happens(.granted(GrantedProof(early, sentAt: sentEarly)))
        #expect(fixture.life.deadline == deadline)
    }

    @Test("a revocation that comes beside another denial counts")
    func revokedBesideRestricted() throws {
        var fixture = try LifeFixture()
        try fixture.prove()
        fixture.happens(.changed(try fixture.replacedRecord(), .refreshed))
        try fixture.prove()
        try fixture.prove(1)
        let first = try fixture.ask()
        let second = try fixture.ask()
        fixture.pass(.seconds(1))
        let third = try fixture.ask()
        fixture.happens(.denied(third, .test(.restricted)))
        #expect(fixture.happens(.denied(first, .test(.unreachable))).wipes == false)
        #expect(fixture.life.mainKey.verdict?.verdict == .restricted, "an older answer says nothing new")
        #expect(fixture.happens(.denied(second, .test(.revoked))).wipes)
        #expect(fixture.life.mainKey.verdict?.verdict == .revoked)
    }

    @Test("nothing below an older version outlives the current one, whose own proof it also needs")
    func gates() throws {
        var fixture = try LifeFixture(timeToLive: .seconds(60))
        try fixture.prove()
        fixture.happens(.changed(try fixture.replacedRecord(), .refreshed))
        #expect(!fixture.isUsable(1), "the new current key has not proved itself")
        try fixture.prove()
        fixture.pass(.seconds(20))
        try fixture.prove(1)
        #expect(fixture.life.deadline(of: .first) == fixture.life.deadline)
        fixture.pass(.seconds(20))
        try fixture.prove()
        fixture.pass(.seconds(40))
        #expect(fixture.isUsable(2) && !fixture.isUsable(1))
        #expect(fixture.happens(.clock).drops == [.first])
        #expect(fixture.isUsable(2))
    }

    @Test("a shorter time to live holds for what is cached, and a longer one does not")
    func rules() throws {
        var fixture = try LifeFixture(timeToLive: .seconds(60))
        try fixture.prove()
        let deadline = fixture.life.deadline
        fixture.now.rules.timeToLive = .seconds(300)
        fixture.happens(.ruled)
        #expect(fixture.life.deadline == deadline)
        fixture.now.rules.timeToLive = .seconds(10)
        #expect(fixture.happens(.ruled).keeps != nil)
        #expect(fixture.life.deadline == fixture.now.boot.advanced(by: .seconds(10)))
        fixture.pass(.seconds(5))
        fixture.now.rules.timeToLive = .seconds(5)
        #expect(fixture.happens(.ruled).wipes)
    }

    @Test("a poll that says again what is known changes nothing, until something was proved since")
    func polls() throws {
        var fixture = try LifeFixture()
        try fixture.prove()
        let id = fixture.life.record.mainKey.id
        #expect(fixture.happens(.polled(id, .test(.revoked))).wipes)
        #expect(fixture.happens(.polled(id, .test(.revoked))).isEmpty)
        try fixture.prove()
        #expect(fixture.happens(.polled(id, .test(.revoked))).wipes)
    }

    @Test("a grant that was asked for before a poll denies is worthless, also where the denial is no news")
    func repeatedDenial() throws {
        var fixture = try LifeFixture()
        let id = fixture.life.record.mainKey.id
        fixture.happens(.polled(id, .test(.revoked)))
        let question = try fixture.ask()
        fixture.pass(.seconds(5))
        #expect(fixture.happens(.polled(id, .test(.revoked))).isEmpty)
        fixture.pass(.seconds(5))
        #expect(fixture.happens(.granted(GrantedProof(question, sentAt: question.askedAt))).keeps == nil)
        #expect(!fixture.isUsable())
        try fixture.prove()
        #expect(fixture.isUsable(), "asked for again, it counts")
    }

    // MARK: Shut

    @Test("a grant that was asked for before a lock, a deletion or damage is worthless", arguments: ["lock", "deletion", "damage", "stop"])
    func shutMeanwhile(_ what: String) throws {
        var fixture = try LifeFixture()
        try fixture.prove()
        let question = try fixture.ask()
        let event: LifeEvent =
            switch what {
            case "lock": .locked(at: fixture.now.wall, reason: "audit")
            case "deletion": .deleted
            case "damage": .damaged("a row")
            default: .stopped
            }
        #expect(fixture.happens(event).wipes)
        if what == "lock" {
            let open = fixture.changed { $0.newestLock = 1 }
            fixture.happens(.changed(open, .unlocked([1])))
            #expect(fixture.life.shut == nil)
        }
        #expect(fixture.happens(.granted(GrantedProof(question, sentAt: fixture.now.boot))).keeps == nil)
        #expect(!fixture.isUsable())
    }

    @Test("two locks both stand; unlocking takes the one that it names")
    func twoLocks() throws {
        var fixture = try LifeFixture()
        let first = try #require(fixture.happens(.locked(at: fixture.now.wall, reason: "audit")).locks.first)
        fixture.happens(
            .changed(
                fixture.changed {
                    $0.locks = [first]
                    $0.newestLock = 1
                }, .refreshed))
        let second = try #require(fixture.happens(.locked(at: fixture.now.wall, reason: "incident")).locks.first)
        #expect(second.number == 2)
        fixture.happens(
            .changed(
                fixture.changed {
                    $0.locks = [first, second]
                    $0.newestLock = 2
                }, .refreshed))
        #expect(fixture.life.locks.map(\.reason) == ["audit", "incident"])
        fixture.happens(.changed(fixture.changed { $0.locks = [second] }, .unlocked([1])))
        #expect(fixture.life.locks == [second])
        #expect(fixture.life.shut?.code == .locked)
    }

    @Test("a lock that the store has not kept holds over every change of the record, until it is kept or taken away")
    func unkeptLock() throws {
        var fixture = try LifeFixture()
        try fixture.prove()
        let lock = try #require(fixture.happens(.locked(at: fixture.now.wall, reason: "incident")).locks.first)
        fixture.happens(.changed(fixture.changed { $0.retention = Retention(hours: .seconds(3600)) }, .refreshed))
        #expect(fixture.life.shut?.code == .locked)
        #expect(fixture.life.unkeptLocks == [lock])
        fixture.happens(
            .changed(
                fixture.changed {
                    $0.locks = [lock]
                    $0.newestLock = 1
                }, .refreshed))
        #expect(fixture.life.unkeptLocks.isEmpty && fixture.life.shut?.code == .locked)
    }

    @Test("there is a bound on locks, and one more is refused while the environment stays shut")
    func manyLocks() throws {
        var fixture = try LifeFixture()
        for _ in 0..<EnvironmentLock.most { fixture.happens(.locked(at: fixture.now.wall, reason: "x")) }
        #expect(fixture.happens(.locked(at: fixture.now.wall, reason: "x")).refusal == .limitReached)
        #expect(fixture.life.locks.count == EnvironmentLock.most)
        #expect(Set(fixture.life.locks.map(\.number)).count == EnvironmentLock.most)
    }

    @Test("a damaged record that is met on a refresh wipes and tells, and damage is not forgotten")
    func damage() throws {
        var fixture = try LifeFixture()
        try fixture.prove()
        let effects = fixture.happens(.changed(fixture.changed { $0.damage = "a row of main_keys does not verify" }, .refreshed))
        #expect(effects.wipes)
        #expect(effects.contains { if case .tell(.damaged) = $0 { true } else { false } })
        fixture.happens(.changed(fixture.changed { $0.damage = nil }, .refreshed))
        #expect(fixture.life.shut?.code == .damaged)
    }

    @Test("while nobody knows whether a change was kept nothing is used, and reading the record again ends that")
    func unsettled() throws {
        var fixture = try LifeFixture()
        try fixture.prove()
        let effects = fixture.happens(.unsettled(KeyStoreError(.unknownOutcome, "the disk failed", remedy: "look")))
        #expect(effects.wipes && effects.refusal == .storeFailed)
        #expect(!fixture.isUsable())
        fixture.happens(.changed(fixture.changed { _ in }, .refreshed))
        #expect(fixture.life.shut == nil)
    }

    @Test("a deleted environment never lives again")
    func deleted() throws {
        var fixture = try LifeFixture()
        fixture.happens(.deleted)
        #expect(fixture.happens(.changed(fixture.changed { _ in }, .refreshed)).isEmpty)
        #expect(fixture.happens(.requested(nil, .insistent)).refusal == .unknownEnvironment)
        #expect(fixture.happens(.locked(at: fixture.now.wall, reason: "x")).refusal == .unknownEnvironment)
    }

    // MARK: Changes of the main key

    @Test("an answer of the store that a later one has overtaken changes nothing")
    func overtakenRecord() throws {
        var fixture = try LifeFixture()
        let older = fixture.changed { _ in }
        let newer = fixture.changed {
            $0.revision = $0.revision.next
            $0.retention = Retention(hours: .seconds(7200))
        }
        fixture.happens(.changed(newer, .refreshed))
        #expect(fixture.happens(.changed(older, .refreshed)).isEmpty)
        #expect(fixture.life.record.retention.hours == .seconds(7200))
    }

    @Test("a replacement is in force with its proof, ends what encrypts, and leaves the older key its own")
    func replaced() throws {
        var fixture = try LifeFixture()
        try fixture.prove()
        let record = try fixture.replacedRecord()
        let question = fixture.life.question(record.environmentKey, record.mainKey, at: fixture.now)
        let effects = fixture.happens(.changed(record, .replaced(GrantedProof(question, sentAt: fixture.now.boot))))
        #expect(effects.endsEncryption && !effects.wipes && effects.keeps != nil)
        #expect(fixture.isUsable(2) && fixture.isUsable(1))
    }

    @Test("a rotation whose grant was asked for before a denial is kept, but puts nothing in force")
    func rotatedAfterDenial() throws {
        var fixture = try LifeFixture()
        try fixture.prove()
        var record = fixture.changed { _ in }
        record.olderEnvironmentKeys = [record.environmentKey]
        record.environmentKey = LifeFixture.version(2, under: record.mainKey)
        record.newestVersion = record.environmentKey.version
        let question = fixture.life.question(record.environmentKey, record.mainKey, at: fixture.now)
        let sentAt = fixture.now.boot
        let other = try fixture.ask()
        fixture.happens(.denied(other, .test(.restricted)))
        let effects = fixture.happens(.changed(record, .rotated(GrantedProof(question, sentAt: sentAt))))
        #expect(effects.keeps == nil && effects.wipes)
        #expect(fixture.life.record.environmentKey.version.number == 2)
        #expect(!fixture.isUsable())
    }

    @Test("versions that are gone from the record go from memory")
    func retired() throws {
        var fixture = try LifeFixture()
        try fixture.prove()
        fixture.happens(.changed(try fixture.replacedRecord(), .refreshed))
        try fixture.prove()
        try fixture.prove(1)
        let effects = fixture.happens(
            .changed(
                fixture.changed {
                    $0.olderEnvironmentKeys = []
                    $0.formerMainKeys = []
                }, .retired))
        #expect(effects.drops == [.first])
        #expect(fixture.isUsable(2) && !fixture.isUsable(1))
    }

    @Test("material that was withdrawn is revoked at once, whoever tells of it: another change's record may overtake the answer")
    func withdrawn() throws {
        var fixture = try LifeFixture()
        try fixture.prove()
        let question = try fixture.ask()
        let uploaded = fixture.changed { record in
            record.mainKey.reference = .material
            record.mainKey.sealedMaterial = [1]
        }
        #expect(!fixture.happens(.changed(uploaded, .refreshed)).wipes)
        let effects = fixture.happens(.changed(fixture.changed { $0.mainKey.sealedMaterial = nil }, .refreshed))
        #expect(effects.wipes && effects.verdicts == [.revoked])
        #expect(fixture.happens(.granted(GrantedProof(question, sentAt: fixture.now.boot))).keeps == nil)
    }
}
