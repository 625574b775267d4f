/// Latency against load.
struct Curve: Codable, Sendable {
    let cell: Cell
    /// ekmd's peak, in operations per second: all loads are shares of it.
    let peak: Double
    var points: [OpenFigures]
}
