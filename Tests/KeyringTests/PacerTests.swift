import KeyHierarchy
import TestSupport
import Testing

@testable import Keyring

@Suite("The rate of calls to all KMSs")
struct PacerTests {
    private static let start = BootInstant(nanoseconds: 1_000_000_000_000)

    /// When each of `calls` goes, all of them asked for at the start; time moves from turn to turn.
    private static func turns(_ calls: [PaceQueue.Call], rate: Int) -> [(call: PaceQueue.Call, at: BootInstant)] {
        var queue = PaceQueue()
        for call in calls { queue.add(call) }
        return rest(&queue, from: start, rate: rate)
    }

    private static func rest(_ queue: inout PaceQueue, from now: BootInstant, rate: Int) -> [(call: PaceQueue.Call, at: BootInstant)] {
        var now = now
        var turns: [(call: PaceQueue.Call, at: BootInstant)] = []
        while true {
            let (calls, next) = queue.admit(at: now, rate: rate)
            for call in calls { turns.append((call, now)) }
            guard let next else { return turns }
            now = max(now, next)
        }
    }

    private static func calls(
        _ range: Range<UInt64>, _ endpoint: String = "a", _ urgency: PaceQueue.Urgency = .proof
    ) -> [PaceQueue.Call] {
        range.map { PaceQueue.Call(id: $0, endpoint: endpoint, urgency: urgency) }
    }

    @Test("no second holds more calls than the rate, and the rate is nearly reached", arguments: [1, 2, 9, 10, 25, 200, 500])
    func bound(rate: Int) {
        let instants = Self.turns(Self.calls(0..<UInt64(rate * 10 + 100)), rate: rate).map(\.at)
        for (index, instant) in instants.enumerated() {
            let end = instant.advanced(by: .seconds(1))
            #expect(instants[index...].prefix { $0 < end }.count <= rate)
        }
        #expect(instants[rate * 5] < instants[0].advanced(by: .seconds(6.5)))
    }

    @Test("a few calls at once do not wait, also after a pause")
    func burst() {
        var queue = PaceQueue()
        var now = Self.start
        for round in 0..<3 as Range<UInt64> {
            for call in Self.calls(round * 20..<round * 20 + 20) { queue.add(call) }
            #expect(queue.admit(at: now, rate: 200).calls.count == 20)
            now = now.advanced(by: .seconds(1))
        }
    }

    @Test("a proof goes before all that only looks, however long that has waited: it waits behind proofs alone")
    func proofsFirst() {
        var queue = PaceQueue()
        for call in Self.calls(0..<16_384, "a", .other) { queue.add(call) }
        let (_, next) = queue.admit(at: Self.start, rate: 50)
        for call in Self.calls(20_000..<20_003) { queue.add(call) }
        let turns = Self.rest(&queue, from: Self.start, rate: 50)
        #expect(turns.prefix(3).map(\.call.id) == [20_000, 20_001, 20_002])
        #expect(turns[0].at == next && turns[2].at < Self.start.advanced(by: .milliseconds(100)))
        #expect(turns.count == 16_384 - 6 + 3, "and none is lost")
    }

    @Test("the queue of one endpoint does not fill the rate: each that has calls waiting has an equal share")
    func shares() {
        let turns = Self.turns(Self.calls(0..<5_000, "hog") + Self.calls(6_000..<6_100, "b") + Self.calls(7_000..<7_100, "c"), rate: 100)
        #expect(turns.prefix(300).count { $0.call.endpoint == "b" } == 100)
        let last = turns.last { $0.call.endpoint == "c" }
        #expect(last.map { $0.at < Self.start.advanced(by: .seconds(3.5)) } == true)
        #expect(turns.filter { $0.call.endpoint == "b" }.map(\.call.id) == Array(6_000..<6_100), "in order among themselves")
    }

    @Test("a diagnosis takes as many places as it makes calls")
    func diagnosis() {
        var calls = Self.calls(0..<12)
        calls.insert(PaceQueue.Call(id: 99, endpoint: "a", count: 9), at: 0)
        let turns = Self.turns(calls, rate: 10)
        #expect(turns[1].at == turns[0].at || turns[1].at >= turns[0].at.advanced(by: .milliseconds(800)))
        #expect(turns[2].at >= Self.start.advanced(by: .seconds(1)))
    }

    @Test("who is cancelled leaves the queue at once, and takes nobody's place", .timeLimit(.minutes(1)))
    func cancelled() async {
        let pacer = Pacer(clock: ManualBootClock()) { 9 }
        await pacer.turn(at: "a", .proof)
        let waiting = Task { await pacer.turn(at: "a", .other, count: 1_000_000) }
        waiting.cancel()
        await waiting.value
        await pacer.turn(at: "b", .proof)
    }
}
