import Glibc

/// Requests at a rate of their own, whether the server keeps up or not.
///
/// The time of each runs from when it was due, not from when it was sent: a server that stalls is charged with
/// all that would have been asked of it meanwhile (no coordinated omission). Arrivals are a Poisson process.
struct OpenLoad {
    let connections: [LoadConnection]
    let poller: Poller
    let inbox: Inbox
    /// Whether the server has a core of its own, so that this one may spin until the next is due.
    let spins: Bool

    func run(perSecond rate: Double, seconds: Double) throws(Failure) -> LoadOutcome {
        var outcome = LoadOutcome()
        var random = SystemRandomNumberGenerator()
        let gap = 1e9 / rate
        let start = Deadline.now
        let end = start + UInt64(seconds * 1e9)
        var due = Double(start)
        var turn = 0
        while true {
            let now = Deadline.now
            if now >= end {
                for connection in connections { connection.stop() }
                if !connections.contains(where: { $0.isBusy }) { break }
                guard now < end + UInt64(Deadline.silence) * 1_000_000_000 else { throw .silent(connections[0].socket.server.name) }
            }
            var allowed = 0
            while now < end, due <= Double(now), connections[(turn + allowed) % connections.count].hasRoom {
                connections[(turn + allowed) % connections.count].allow(due: UInt64(due))
                allowed += 1
                due -= gap * log(1 - Double.random(in: 0..<1, using: &random))
            }
            // All that one connection may send goes at once.
            for place in 0..<min(allowed, connections.count) {
                let index = (turn + place) % connections.count
                try connections[index].send(now: nil)
                try poller.note(index)
            }
            turn = (turn + allowed) % connections.count
            try read(&outcome)
            if !spins { usleep(50) }
        }
        outcome.seconds = Double(Deadline.now - start) / 1e9
        return outcome
    }

    private func read(_ outcome: inout LoadOutcome) throws(Failure) {
        try Interruption.check()
        if connections.count == 1 { return try step(connections[0], &outcome) }
        try poller.wait(milliseconds: 0) { (index) throws(Failure) in try step(connections[index], &outcome) }
    }

    private func step(_ connection: LoadConnection, _ outcome: inout LoadOutcome) throws(Failure) {
        try connection.send(now: nil)
        guard let count = try connection.socket.receive(into: inbox, waits: false), count > 0 else { return }
        outcome.operations += try inbox.withBytes(count) { (bytes) throws(Failure) in
            try connection.take(bytes, now: Deadline.now, &outcome.latencies)
        }
    }
}
