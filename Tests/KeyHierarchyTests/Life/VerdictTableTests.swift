import KeyHierarchy
import Testing

/// The table of the design, section 4, row by row: what a verdict does to an environment whose keys are in memory.
@Suite("The table of verdicts")
struct VerdictTableTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let verdict: Verdict
        let policy: LifeRules.OnRestriction
        /// Whether everything goes at once.
        let wipes: Bool
        /// Whether a grant that was asked for before it is worthless.
        let isDenial: Bool

        var testDescription: String { "\(verdict.name), on restriction \(policy)" }
    }

    static let rows = [
        Row(verdict: .restricted, policy: .expire, wipes: false, isDenial: true),
        Row(verdict: .restricted, policy: .purge, wipes: true, isDenial: true),
        Row(verdict: .revoked, policy: .expire, wipes: true, isDenial: true),
        Row(verdict: .revoked, policy: .purge, wipes: true, isDenial: true),
        Row(verdict: .mismatched, policy: .expire, wipes: true, isDenial: true),
        Row(verdict: .mismatched, policy: .purge, wipes: true, isDenial: true),
        Row(verdict: .throttled, policy: .expire, wipes: false, isDenial: false),
        Row(verdict: .throttled, policy: .purge, wipes: false, isDenial: false),
        Row(verdict: .unreachable, policy: .expire, wipes: false, isDenial: false),
        Row(verdict: .unreachable, policy: .purge, wipes: false, isDenial: false),
    ]

    @Test("every verdict but granted has its rows")
    func complete() {
        for verdict in Verdict.allCases where verdict != .granted {
            #expect(Self.rows.count { $0.verdict == verdict } == 2)
        }
    }

    @Test("granted: the cache lives until the request was sent, plus the time to live, and no longer")
    func granted() throws {
        var fixture = try LifeFixture(timeToLive: .seconds(60))
        let question = try fixture.ask()
        let sentAt = fixture.now.boot.advanced(by: .seconds(2))
        fixture.pass(.seconds(20))
        let effects = fixture.happens(.granted(GrantedProof(question, sentAt: sentAt)))
        #expect(effects.keeps == sentAt.advanced(by: .seconds(60)))
        #expect(effects.verdicts == [.granted])
        fixture.pass(.seconds(42))
        #expect(!fixture.isUsable())
    }

    @Test("what is cached is wiped, or lives to its deadline and no longer", arguments: rows)
    func cached(_ row: Row) throws {
        var fixture = try LifeFixture(timeToLive: .seconds(60), onRestriction: row.policy)
        try fixture.prove()
        let deadline = fixture.life.deadline
        fixture.pass(.seconds(10))
        let question = try fixture.ask()
        let effects = fixture.happens(.denied(question, .test(row.verdict)))
        #expect(effects.wipes == row.wipes)
        #expect(fixture.isUsable() == !row.wipes)
        if !row.wipes { #expect(fixture.life.deadline == deadline, "a denial prolongs nothing, and shortens nothing") }
        #expect(effects.verdicts == [row.verdict])
        #expect(effects.refusal != nil)
    }

    @Test("a grant that was asked for before a denial is worthless, and before a mere failure it is not", arguments: rows)
    func crossing(_ row: Row) throws {
        var fixture = try LifeFixture(onRestriction: row.policy)
        let early = try fixture.ask()
        let late = try fixture.ask()
        fixture.happens(.denied(late, .test(row.verdict)))
        let effects = fixture.happens(.granted(GrantedProof(early, sentAt: fixture.now.boot)))
        #expect((effects.keeps == nil) == row.isDenial)
        #expect(fixture.isUsable() == !row.isDenial)
    }

    @Test("a main key that failed is not asked again at once, unless somebody insists", arguments: rows)
    func pausing(_ row: Row) throws {
        var fixture = try LifeFixture(onRestriction: row.policy)
        let question = try fixture.ask()
        fixture.happens(.denied(question, .test(row.verdict)))
        #expect(fixture.happens(.requested(nil, .ifNeeded)).refusal != nil)
        #expect(fixture.happens(.requested(nil, .renewal)).refusal != nil)
        _ = try fixture.ask()
        fixture.pass(.seconds(15))
        guard case .ask? = fixture.happens(.requested(nil, .ifNeeded)).first else {
            Issue.record("not asked after the longest pause")
            return
        }
    }

    @Test("a denial of a former main key takes what hangs under it, and nothing else", arguments: rows)
    func former(_ row: Row) throws {
        var fixture = try LifeFixture(onRestriction: row.policy)
        try fixture.prove()
        fixture.happens(.changed(try fixture.replacedRecord(), .refreshed))
        try fixture.prove()
        try fixture.prove(1)
        let question = try fixture.ask(1)
        let effects = fixture.happens(.denied(question, .test(row.verdict)))
        #expect(!effects.wipes)
        #expect(effects.drops == (row.wipes ? [.first] : []))
        #expect(fixture.isUsable(2))
        #expect(fixture.isUsable(1) == !row.wipes)
    }
}
