import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("The judge of the clock")
struct ClockJudgeTests {
    let store = InMemoryKeyStore()
    let clock = ManualBootClock()
    let wallClock = ManualWallClock()
    let facts = ManualClockFacts()

    func judge() async throws -> ClockJudge {
        let judge = ClockJudge(store: store, ledger: store, clock: clock, wallClock: wallClock, facts: facts)
        try await judge.load()
        return judge
    }

    func pass(_ duration: Duration) {
        clock.advance(by: duration)
        wallClock.advance(by: duration)
    }

    @Test("ticks are kept in the store, and a start goes by them")
    func kept() async throws {
        let judge = try await judge()
        #expect(judge.state == .believed)
        let anchor = ClockAnchor(bootTime: clock.now, wallTime: wallClock.now)
        for _ in 0..<9 {
            pass(.seconds(20))
            await judge.tick()
        }
        let kept = try #require(try await store.clockTick())
        #expect(kept == ClockTick(boot: facts.bootID, bootTime: clock.now, wallTime: wallClock.now, anchor: anchor))
        wallClock.advance(by: .seconds(86_400))
        #expect(try await self.judge().state != .believed)
        #expect(try await store.clockTick() == kept)
    }

    @Test("a jump since the last tick is not overlooked by what cannot be undone")
    func jump() async throws {
        let judge = try await judge()
        try judge.requireBelieved("Nothing is erased")
        let right = wallClock.now
        wallClock.advance(by: .seconds(10 * 365 * 86_400))
        #expect(judge.believedNow == right)
        #expect(throws: HierarchyError(.clockInDoubt)) { try judge.requireBelieved("Nothing is erased") }
        wallClock.set(right)
        try judge.requireBelieved("Nothing is erased")
    }

    @Test("a boot with an unsynchronised clock is in doubt until the kernel says otherwise")
    func boot() async throws {
        _ = try await judge()
        facts.boot()
        // The test's boot clock goes on instead of beginning again.
        wallClock.advance(by: .nanoseconds(Int64(clock.now.nanoseconds)))
        pass(.seconds(10))
        let judge = try await judge()
        #expect(judge.state != .believed)
        facts.synchronise()
        await judge.tick()
        #expect(judge.state == .believed)
    }

    @Test("what was accepted is accepted after a restart, too")
    func accept() async throws {
        let first = try await judge()
        wallClock.advance(by: .seconds(-3600))
        await first.tick()
        #expect(first.state != .believed)
        try await first.accept()
        #expect(first.state == .believed)
        #expect(try await judge().state == .believed)
    }

    @Test("a clock that is led ahead in small steps, over restarts of the daemon, is in doubt once they are 5 minutes together")
    func ledAhead() async throws {
        for step in 0..<3 {
            let judge = try await judge()
            #expect((judge.state == .believed) == (step < 2), "step \(step)")
            pass(.seconds(60))
            wallClock.advance(by: .seconds(step == 0 ? 290 : 20))
            await judge.tick()
        }
        let judge = try await judge()
        #expect(throws: HierarchyError(.clockInDoubt)) { try judge.requireBelieved("Nothing is erased") }
        try await judge.accept()
        #expect(try await self.judge().state == .believed)
    }

    @Test("an acceptance that could not be kept is none")
    func acceptFails() async throws {
        let judge = try await judge()
        wallClock.advance(by: .seconds(-3600))
        await judge.tick()
        store.fail("keep", with: KeyStoreError(.notWritable, "The disk is full.", remedy: ""))
        await #expect(throws: KeyStoreError(.notWritable, "", remedy: "")) { try await judge.accept() }
        #expect(judge.state != .believed)
    }

    @Test("a tick that could not be kept does no harm")
    func tickFails() async throws {
        let judge = try await judge()
        store.fail("keep", with: KeyStoreError(.notWritable, "The disk is full.", remedy: ""))
        pass(.seconds(60))
        await judge.tick()
        #expect(judge.state == .believed)
        store.fail("keep", with: nil)
        pass(.seconds(60))
        await judge.tick()
        #expect(try await store.clockTick()?.wallTime == wallClock.now)
    }

    @Test("the kernel tells its boot and whether its clock is synchronised")
    func system() {
        let facts = SystemClockFacts()
        #expect(facts.bootID.utf8.count == 36)
        #expect(facts.bootID == SystemClockFacts().bootID)
        _ = facts.isSynchronised
        #expect(SystemClockFacts(bootID: "0123456789abcdef0123456789ABCDEF").bootID == "01234567-89ab-cdef-0123-456789abcdef")
        #expect(SystemClockFacts(bootID: "nonsense").bootID == facts.bootID)
    }
}
