import KeyHierarchy
import Keyring
import TestSupport
import Testing
import Upkeep

extension UpkeepPlan {
    /// Tells it all that there is, as if all of it had changed, and asks what is due.
    fileprivate mutating func due(
        _ facts: [UpkeepFacts], settings: KeyringSettings, now: BootInstant, wallNow: WallTime
    ) -> [UpkeepDuty] {
        for fact in facts { note(fact.environment, fact, settings: settings, now: now) }
        return due(settings: settings, now: now, wallNow: wallNow) { id in facts.first { $0.environment == id } }
    }
}

@Suite("The plan of upkeep")
struct UpkeepPlanTests {
    private static let target = PollTarget(kind: .aKMS, identifier: "arn:k1", options: [:])
    private let settings = KeyringSettings(timeToLive: .seconds(300), pollInterval: .seconds(60))
    private let start = BootInstant(nanoseconds: 1_000_000_000_000)
    private let hour = WallTime(seconds: 500_000 * 3600)

    private func facts(
        _ id: EnvironmentID, proof: BootInstant? = nil, inUse: Bool = false, trouble: Bool = false, targets: Set<PollTarget> = []
    ) -> UpkeepFacts {
        UpkeepFacts(
            environment: id, oldestProof: proof, isInUse: inUse, targets: targets, isInTrouble: trouble,
            hasRetention: false, livesUntil: inUse ? (proof ?? start).advanced(by: .seconds(300)) : nil)
    }

    private func after(_ seconds: Int) -> BootInstant { start.advanced(by: .seconds(seconds)) }

    @Test("what is in use is renewed at about 80 % of the time to live, and not again until its proof changes")
    func renewal() throws {
        let id = try EnvironmentID.random()
        var plan = UpkeepPlan()
        let used = [facts(id, proof: start, inUse: true)]
        #expect(!plan.due(used, settings: settings, now: after(224), wallNow: hour).contains(.renew(id)))
        #expect(plan.due(used, settings: settings, now: after(256), wallNow: hour).contains(.renew(id)))
        let renewed = [facts(id, proof: after(250), inUse: true)]
        #expect(!plan.due(renewed, settings: settings, now: after(257), wallNow: hour).contains(.renew(id)))
    }

    @Test("renewals are spread")
    func jitter() throws {
        var plan = UpkeepPlan()
        let ids = try (0..<200).map { _ in try EnvironmentID.random() }
        let used = ids.map { facts($0, proof: start, inUse: true) }
        _ = plan.due(used, settings: settings, now: start, wallNow: hour)
        let due = plan.due(used, settings: settings, now: after(240), wallNow: hour).count { if case .renew = $0 { true } else { false } }
        #expect((40...160).contains(due))
    }

    @Test("an idle environment is left to expire")
    func idle() throws {
        let id = try EnvironmentID.random()
        var plan = UpkeepPlan()
        for second in stride(from: 0, to: 400, by: 10) {
            #expect(!plan.due([facts(id)], settings: settings, now: after(second), wallNow: hour).contains(.renew(id)))
        }
    }

    @Test("a key that many environments share is polled once an interval, never later", arguments: [true, false])
    func polls(inTrouble: Bool) throws {
        var plan = UpkeepPlan()
        let shared = try (0..<50).map { _ in
            facts(try EnvironmentID.random(), inUse: !inTrouble, trouble: inTrouble, targets: [Self.target])
        }
        var times: [Int] = []
        for second in 0..<600 where plan.due(shared, settings: settings, now: after(second), wallNow: hour).contains(.poll(Self.target)) {
            times.append(second)
        }
        #expect(times.first.map { $0 <= 60 } == true)
        #expect((9...14).contains(times.count))
        #expect(zip(times, times.dropFirst()).allSatisfy { (40...60).contains($1 - $0) })
    }

    @Test("an idle environment's key is polled hourly, and at once every interval when it comes into use")
    func idlePolls() throws {
        let id = try EnvironmentID.random()
        var plan = UpkeepPlan()
        let idle = [facts(id, targets: [Self.target])]
        let polls = (0..<7200).count { plan.due(idle, settings: settings, now: after($0), wallNow: hour).contains(.poll(Self.target)) }
        #expect((2...4).contains(polls))
        let used = [facts(id, inUse: true, targets: [Self.target])]
        let soon = (7200..<7261).count { plan.due(used, settings: settings, now: after($0), wallNow: hour).contains(.poll(Self.target)) }
        #expect(soon >= 1)
    }

    @Test("the next hour's keys of environments in use are due one to ten minutes before it, spread over time")
    func hours() throws {
        var plan = UpkeepPlan()
        let used = try (0..<200).map { _ in facts(try EnvironmentID.random(), inUse: true) }
        func due(_ minute: Int) -> Int {
            let wall = hour.advanced(by: .seconds(minute * 60))
            return plan.due(used, settings: settings, now: after(minute), wallNow: wall).count {
                if case .makeHourlyKey = $0 { true } else { false }
            }
        }
        #expect(due(49) == 0)
        #expect((40...160).contains(due(55)))
        #expect(due(59) == 200)
        var idlePlan = UpkeepPlan()
        let idle = [facts(try EnvironmentID.random())]
        let late = hour.advanced(by: .seconds(3599))
        #expect(
            !idlePlan.due(idle, settings: settings, now: start, wallNow: late).contains {
                if case .makeHourlyKey = $0 { true } else { false }
            })
    }

    @Test("a managed key is rotated when its time has come, and tried again later if that failed")
    func managed() throws {
        let id = try EnvironmentID.random()
        var plan = UpkeepPlan()
        var fact = facts(id)
        fact.managedSince = hour
        let year = hour.advanced(by: settings.managedRotation)
        let before = year.advanced(by: .seconds(-1))
        #expect(!plan.due([fact], settings: settings, now: start, wallNow: before).contains(.rotateManagedKey(id)))
        #expect(plan.due([fact], settings: settings, now: after(1), wallNow: year).contains(.rotateManagedKey(id)))
        #expect(!plan.due([fact], settings: settings, now: after(2), wallNow: year).contains(.rotateManagedKey(id)))
        #expect(plan.due([fact], settings: settings, now: after(602), wallNow: year).contains(.rotateManagedKey(id)))
    }

    @Test("an environment that does nothing is not looked at again, however long it is there")
    func idleCostsNothing() throws {
        let ids = try (0..<1000).map { _ in try EnvironmentID.random() }
        var plan = UpkeepPlan()
        for id in ids {
            var fact = facts(id)
            fact.managedSince = hour
            plan.note(id, fact, settings: settings, now: start)
        }
        var looks = 0
        for second in 0..<3600 {
            _ = plan.due(settings: settings, now: after(second), wallNow: hour.advanced(by: .seconds(second))) { id in
                looks += 1
                return facts(id)
            }
        }
        #expect(looks == 0)
    }

    @Test("one that comes into use late in its time is found without being told, and looked at seldom until then")
    func lateUse() throws {
        let id = try EnvironmentID.random()
        var plan = UpkeepPlan()
        var fact = facts(id)
        fact.livesUntil = after(300)
        plan.note(id, fact, settings: settings, now: start)
        var looks = 0
        var renewed: Int?
        for second in 0..<300 where renewed == nil {
            if second == 270 { fact.oldestProof = start }
            let duties = plan.due(settings: settings, now: after(second), wallNow: hour) { _ in
                looks += 1
                return fact
            }
            if duties.contains(.renew(id)) { renewed = second }
        }
        #expect(renewed.map { (270...278).contains($0) } == true)
        #expect(looks < 20)
    }

    @Test("what is gone is due no more")
    func gone() throws {
        let id = try EnvironmentID.random()
        var plan = UpkeepPlan()
        var fact = facts(id, proof: start, inUse: true, targets: [Self.target])
        fact.hasRetention = true
        fact.managedSince = hour
        plan.note(id, fact, settings: settings, now: start)
        plan.note(id, nil, settings: settings, now: after(1))
        let late = hour.advanced(by: settings.managedRotation + .seconds(1))
        let duties = plan.due(settings: settings, now: after(7200), wallNow: late) { _ in fact }
        #expect(duties == [.tickClock])
    }

    @Test("a managed key whose environment was locked is due once it is open again")
    func lockedRotation() throws {
        let id = try EnvironmentID.random()
        var plan = UpkeepPlan()
        var fact = facts(id)
        let year = hour.advanced(by: settings.managedRotation)
        #expect(!plan.due([fact], settings: settings, now: start, wallNow: year).contains(.rotateManagedKey(id)))
        fact.managedSince = hour
        #expect(plan.due([fact], settings: settings, now: after(1), wallNow: year).contains(.rotateManagedKey(id)))
    }

    @Test("retention runs soon after it is set, then hourly")
    func retention() throws {
        let id = try EnvironmentID.random()
        var plan = UpkeepPlan()
        var fact = facts(id)
        fact.hasRetention = true
        plan.note(id, fact, settings: settings, now: start)
        var times: [Int] = []
        for second in 0..<7200 {
            let duties = plan.due(settings: settings, now: after(second), wallNow: hour) { _ in fact }
            guard duties.contains(.runRetention(id)) else { continue }
            times.append(second)
        }
        #expect(times.first.map { (7...721).contains($0) } == true)
        #expect((2...3).contains(times.count))
    }
}
