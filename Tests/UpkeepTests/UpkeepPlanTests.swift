import KeyHierarchy
import Keyring
import TestSupport
import Testing
import Upkeep

@Suite("The plan of upkeep")
struct UpkeepPlanTests {
    private static let target = PollTarget(kind: .awsKMS, identifier: "arn:k1", options: [:])
    private let settings = KeyringSettings(timeToLive: .seconds(300), pollInterval: .seconds(60))
    private let start = BootInstant(nanoseconds: 1_000_000_000_000)
    private let hour = WallTime(seconds: 500_000 * 3600)

    private func facts(
        _ id: EnvironmentID, proof: BootInstant? = nil, inUse: Bool = false, trouble: Bool = false, targets: Set<PollTarget> = []
    ) -> UpkeepFacts {
        UpkeepFacts(
            environment: id, oldestProof: proof, isInUse: inUse, targets: targets, isInTrouble: trouble,
            hasRetention: false)
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
}
