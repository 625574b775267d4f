/// Percentiles of how long a request took, in microseconds.
struct LatencyFigures: Codable, Sendable {
    var p50: Double
    var p99: Double
    var p999: Double

    init(p50: Double, p99: Double, p999: Double) {
        self.p50 = p50
        self.p99 = p99
        self.p999 = p999
    }

    init(_ latencies: inout Latencies) {
        self.init(p50: latencies.percentile(50), p99: latencies.percentile(99), p999: latencies.percentile(99.9))
    }

    init(medians all: [LatencyFigures]) {
        self.init(p50: all.map(\.p50).median, p99: all.map(\.p99).median, p999: all.map(\.p999).median)
    }
}
