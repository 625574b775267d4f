import Glibc

/// One turn of one server: a stretch of load, and what it used meanwhile.
struct Turn {
    var perSecond: Double
    var latency: LatencyFigures
    var cpu: Double
    var instructions: Double?
    var allocations: Double?
    var clientBusy: Double

    init(of server: ServerProcess, _ load: () throws(Failure) -> LoadOutcome) throws(Failure) {
        let before = server.usage
        let own = Self.ownTime
        var outcome = try load()
        let used = server.usage - before
        let busy = Self.ownTime - own
        let operations = Double(max(1, outcome.operations))
        perSecond = outcome.perSecond
        latency = LatencyFigures(&outcome.latencies)
        cpu = Double(used.cpu) / 1000 / operations
        instructions = used.instructions.map { Double($0) / operations }
        allocations = used.allocations.map { Double($0) / operations }
        clientBusy = busy / outcome.seconds
    }

    /// The CPU time of this process, in seconds.
    static var ownTime: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension Figures {
    init(_ turns: [Turn]) {
        let counted = turns.compactMap(\.instructions)
        self.init(
            perSecond: turns.map(\.perSecond).median, latency: LatencyFigures(medians: turns.map(\.latency)), cpu: turns.map(\.cpu).median,
            instructions: counted.isEmpty ? nil : counted.median, clientBusy: turns.map(\.clientBusy).median)
    }
}
