import Testing

@testable import ekmctl

@Suite("A drill knows an environment's deadline from its answers")
struct CLIDrillDeadlineTests {
    /// Answers ten times a second, from one proof at 0, with a deadline at `end`.
    private func deadline(_ end: Double, until last: Double) -> DrillDeadline {
        var deadline = DrillDeadline()
        var now = 0.03
        while now < last {
            deadline.note(sentAt: now - 0.01, at: now, secondsLeft: Int(max(0, end - now)))
            now += 0.1
        }
        return deadline
    }

    @Test("to about a tenth of a second, and never too early", arguments: [3.0, 3.47, 5.99])
    func close(_ end: Double) throws {
        let latest = try #require(deadline(end, until: end).latest)
        #expect(latest >= end)
        #expect(latest < end + 0.15)
    }

    @Test("and follows a proof that moves it")
    func moved() throws {
        var deadline = deadline(3, until: 2)
        deadline.note(sentAt: 2.0, at: 2.01, secondsLeft: 2)
        let latest = try #require(deadline.latest)
        #expect(latest >= 4.01 && latest <= 5.02)
    }

    @Test("an answer that came late does not move it")
    func slow() throws {
        var deadline = deadline(3, until: 1)
        let before = try #require(deadline.latest)
        // Sent at 1, answered before 2, and held up on its way until 2.5.
        deadline.note(sentAt: 1.0, at: 2.5, secondsLeft: 1)
        #expect(deadline.latest == before)
    }

    @Test("where answers tell nothing, neither does it")
    func silent() {
        var deadline = DrillDeadline()
        deadline.note(sentAt: 0, at: 0.1, secondsLeft: nil)
        #expect(deadline.latest == nil)
    }
}
