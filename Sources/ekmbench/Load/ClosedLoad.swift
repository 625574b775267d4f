/// As many requests under way as the depth says, always: each answer lets the next request go.
struct ClosedLoad {
    let connections: [LoadConnection]
    let poller: Poller
    let inbox: Inbox
    let depth: Int

    func run(seconds: Double) throws(Failure) -> LoadOutcome {
        var outcome = LoadOutcome()
        let start = Deadline.now
        let end = start + UInt64(seconds * 1e9)
        var isEnding = false
        for (index, connection) in connections.enumerated() {
            connection.allow(depth)
            try connection.send(now: Deadline.now)
            try poller.note(index)
        }
        while !isEnding || connections.contains(where: { $0.isBusy }) {
            // Reading blocks by itself, one system call cheaper.
            if connections.count == 1, !connections[0].isBlocked {
                try step(connections[0], waits: true, end, &outcome)
            } else {
                try poller.wait(milliseconds: Deadline.silence * 1000) { (index) throws(Failure) in
                    try step(connections[index], waits: false, end, &outcome)
                }
            }
            if !isEnding, Deadline.now >= end {
                isEnding = true
                for connection in connections { connection.stop() }
            }
        }
        outcome.seconds = Double(Deadline.now - start) / 1e9
        return outcome
    }

    @inline(__always)
    private func step(_ connection: LoadConnection, waits: Bool, _ end: UInt64, _ outcome: inout LoadOutcome) throws(Failure) {
        guard let count = try connection.socket.receive(into: inbox, waits: waits) else {
            return try connection.send(now: Deadline.now)
        }
        let now = Deadline.now
        let answered = try inbox.withBytes(count) { (bytes) throws(Failure) in
            try connection.take(bytes, now: now, &outcome.latencies)
        }
        outcome.operations += answered
        if now < end { connection.allow(answered) }
        try connection.send(now: now)
    }
}
