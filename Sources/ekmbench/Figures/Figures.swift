/// What one server did in one cell: medians of its turns.
struct Figures: Codable, Sendable {
    /// Operations per second.
    var perSecond: Double
    var latency: LatencyFigures
    /// The server's CPU time for each operation, in microseconds.
    var cpu: Double
    /// User instructions of the server for each operation.
    var instructions: Double?
    /// Calls of malloc and its kin by the server for each operation, in a run whose times do not count.
    var allocations: Double?
    /// The share of its core that the client was busy for; near 1 it, and not the server, may be the limit.
    var clientBusy: Double
}
