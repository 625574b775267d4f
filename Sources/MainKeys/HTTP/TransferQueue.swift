/// Which waiting request is sent next: a pure state machine, without a clock or a socket.
///
/// Each host has a number of connections of its own, and within it each lane a smaller one; lanes take turns. So neither a host that
/// hangs nor one key behind a host that works holds up the others.
package struct TransferQueue {
    package struct Limits: Sendable {
        /// Requests under way to one host.
        package var perHost = 256
        /// Requests under way in one lane of a host.
        package var perLane = 8
        /// Requests that may wait for one host.
        package var waitingPerHost = 8192
        /// Requests that may wait in one lane.
        package var waitingPerLane = 1024

        package init() {}
    }

    private struct Lane {
        var running = 0
        var waiting: [UInt64] = []
        var isIdle: Bool { running == 0 && waiting.isEmpty }
    }

    private struct Host {
        var running = 0
        var waiting = 0
        var lanes: [String: Lane] = [:]
        /// Lanes that have someone waiting and room to send, in turn.
        var turns: [String] = []
    }

    private let limits: Limits
    private var hosts: [String: Host] = [:]
    private var ready: Set<String> = []
    /// Hosts whose names were not answered when they were last asked for.
    private var unanswered: Set<String> = []

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// - Returns: false when too many wait already.
    package mutating func add(_ id: UInt64, host name: String, lane laneName: String) -> Bool {
        var host = hosts[name] ?? Host()
        var lane = host.lanes[laneName] ?? Lane()
        guard host.waiting < limits.waitingPerHost, lane.waiting.count < limits.waitingPerLane else { return false }
        lane.waiting.append(id)
        host.waiting += 1
        if lane.waiting.count == 1, lane.running < limits.perLane { host.turns.append(laneName) }
        host.lanes[laneName] = lane
        hosts[name] = host
        ready.insert(name)
        return true
    }

    /// Everything that may be sent now, in turn; it counts as under way from here on.
    package mutating func admit() -> [UInt64] {
        var admitted: [UInt64] = []
        for name in ready {
            guard var host = hosts[name] else { continue }
            var next = 0
            let most = unanswered.contains(name) ? 1 : limits.perHost
            while host.running < most, next < host.turns.count {
                let laneName = host.turns[next]
                next += 1
                guard var lane = host.lanes[laneName], !lane.waiting.isEmpty, lane.running < limits.perLane else { continue }
                admitted.append(lane.waiting.removeFirst())
                lane.running += 1
                host.running += 1
                host.waiting -= 1
                if !lane.waiting.isEmpty, lane.running < limits.perLane { host.turns.append(laneName) }
                host.lanes[laneName] = lane
            }
            host.turns.removeFirst(next)
            hosts[name] = host
        }
        ready.removeAll(keepingCapacity: true)
        return admitted
    }

    /// Whether the host's name was answered. Each request whose name is not leaves a thread of libcurl's behind that still waits for it:
    /// until it is answered again, one at a time is enough.
    package mutating func note(host name: String, isAnswered: Bool) {
        guard !isAnswered else {
            unanswered.remove(name)
            return
        }
        if unanswered.count >= Self.mostUnanswered { unanswered.removeAll() }
        unanswered.insert(name)
    }

    private static let mostUnanswered = 4096

    /// A request that was under way has ended.
    package mutating func finish(host name: String, lane laneName: String) {
        guard var host = hosts[name], var lane = host.lanes[laneName] else { return }
        let wasFull = lane.running >= limits.perLane
        lane.running -= 1
        host.running -= 1
        if wasFull, !lane.waiting.isEmpty { host.turns.append(laneName) }
        host.lanes[laneName] = lane.isIdle ? nil : lane
        hosts[name] = host.running == 0 && host.waiting == 0 ? nil : host
        ready.insert(name)
    }

    /// A request that still waits is no longer wanted.
    package mutating func remove(_ id: UInt64, host name: String, lane laneName: String) {
        guard var host = hosts[name], var lane = host.lanes[laneName], let place = lane.waiting.firstIndex(of: id) else { return }
        lane.waiting.remove(at: place)
        host.waiting -= 1
        if lane.waiting.isEmpty { host.turns.removeAll { $0 == laneName } }
        host.lanes[laneName] = lane.isIdle ? nil : lane
        hosts[name] = host.running == 0 && host.waiting == 0 ? nil : host
    }
}
