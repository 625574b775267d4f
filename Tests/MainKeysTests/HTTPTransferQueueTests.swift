import Testing

@testable import MainKeys

@Suite("Turns of requests") struct HTTPTransferQueueTests {
    /// `#expect` cannot change a value in place.
    private final class Turns {
        private var queue: TransferQueue
        init(_ limits: TransferQueue.Limits) { queue = TransferQueue(limits: limits) }
        func add(_ id: UInt64, host: String, lane: String) -> Bool { queue.add(id, host: host, lane: lane) }
        func admit() -> [UInt64] { queue.admit() }
        func finish(host: String, lane: String) { queue.finish(host: host, lane: lane) }
        func remove(_ id: UInt64, host: String, lane: String) { queue.remove(id, host: host, lane: lane) }
    }

    private func queue(perHost: Int = 3, perLane: Int = 2, waitingPerLane: Int = 3, waitingPerHost: Int = 100) -> Turns {
        var limits = TransferQueue.Limits()
        limits.perHost = perHost
        limits.perLane = perLane
        limits.waitingPerLane = waitingPerLane
        limits.waitingPerHost = waitingPerHost
        return Turns(limits)
    }

    @Test("A lane gets no more than its part, and the next when one ends") func bounds() {
        let queue = queue()
        for id in 1...3 { #expect(queue.add(UInt64(id), host: "h", lane: "a")) }
        #expect(queue.admit() == [1, 2])
        #expect(queue.admit().isEmpty)
        queue.finish(host: "h", lane: "a")
        #expect(queue.admit() == [3])
    }

    @Test("Lanes take turns") func takesTurns() {
        let queue = queue(perHost: 4, perLane: 2)
        for id in 1...3 { #expect(queue.add(UInt64(id), host: "h", lane: "a")) }
        for id in 4...6 { #expect(queue.add(UInt64(id), host: "h", lane: "b")) }
        #expect(queue.admit() == [1, 4, 2, 5])
    }

    @Test("A full host holds up no other") func separatesHosts() {
        let queue = queue(perHost: 1, perLane: 1)
        #expect(queue.add(1, host: "h", lane: "a"))
        #expect(queue.add(2, host: "h", lane: "b"))
        #expect(queue.add(3, host: "i", lane: "a"))
        #expect(Set(queue.admit()) == [1, 3])
        queue.finish(host: "h", lane: "a")
        #expect(queue.admit() == [2])
    }

    @Test("More than may wait is refused, and there is room again once some left") func refuses() {
        let queue = queue()
        for id in 1...3 { #expect(queue.add(UInt64(id), host: "h", lane: "a")) }
        #expect(!queue.add(4, host: "h", lane: "a"))
        #expect(queue.add(5, host: "h", lane: "b"))
        queue.remove(2, host: "h", lane: "a")
        #expect(queue.add(6, host: "h", lane: "a"))
        #expect(queue.admit() == [1, 5, 3])
    }

    @Test("Whatever comes and goes, everyone gets a turn and the limits hold") func keepsItsLimits() {
        var generator = SystemRandomNumberGenerator()
        let queue = queue(perHost: 5, perLane: 2, waitingPerLane: 50, waitingPerHost: 200)
        var waiting: [UInt64: (String, String)] = [:]
        var running: [UInt64: (String, String)] = [:]
        for id in 1...UInt64(5000) {
            let place = (["h", "i"].randomElement(using: &generator) ?? "h", ["a", "b", "c", "d"].randomElement(using: &generator) ?? "a")
            if queue.add(id, host: place.0, lane: place.1) { waiting[id] = place }
            if Bool.random(), let victim = waiting.randomElement() {
                queue.remove(victim.key, host: victim.value.0, lane: victim.value.1)
                waiting[victim.key] = nil
            }
            for admitted in queue.admit() { running[admitted] = waiting.removeValue(forKey: admitted) }
            for host in ["h", "i"] {
                #expect(running.values.filter { $0.0 == host }.count <= 5)
                for lane in ["a", "b", "c", "d"] { #expect(running.values.filter { $0 == (host, lane) }.count <= 2) }
            }
            if Bool.random(), let done = running.randomElement() {
                queue.finish(host: done.value.0, lane: done.value.1)
                running[done.key] = nil
            }
        }
        while let done = running.first {
            queue.finish(host: done.value.0, lane: done.value.1)
            running[done.key] = nil
            for admitted in queue.admit() { running[admitted] = waiting.removeValue(forKey: admitted) }
        }
        #expect(waiting.isEmpty)
    }
}
