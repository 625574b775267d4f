/// Latencies under a load that does not wait for answers.
struct OpenFigures: Codable, Sendable {
    /// Operations per second that were asked for; the same of all servers.
    var offered: Double
    var answered: PerContender<Double>
    /// From when each request was due.
    var latency: PerContender<LatencyFigures>

    init(offered: Double, _ turns: PerContender<[Turn]>) throws(Failure) {
        self.offered = offered
        answered = try PerContender { (contender) throws(Failure) in turns[contender].map(\.perSecond).median }
        latency = try PerContender { (contender) throws(Failure) in LatencyFigures(medians: turns[contender].map(\.latency)) }
    }
}
