/// What is measured, for how long, and in how many pairs.
struct Plan: Sendable {
    var cells: [Cell]
    /// How long each server is measured in each cell.
    let seconds: Double
    /// Into how many turns that is split: each gives one pair of ekmd and a bare server, whose median counts.
    let rounds: Int
    /// The loads of the curve, as shares of ekmd's peak.
    let loads: [Double]
    /// What the curve is drawn of.
    let curve: Cell

    static let longest = 6.0

    static func full(seconds: Double) -> Plan {
        Plan(
            cells: encrypt + decrypt + others, seconds: seconds, rounds: 5, loads: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95],
            curve: Cell(.encrypt, 256, depth: 16, connections: 8, keys: 64))
    }

    static func quick(seconds: Double) -> Plan {
        Plan(
            cells: [
                Cell(.encrypt, 256, depth: 1), Cell(.encrypt, 256, depth: 16, connections: 8, keys: 64, open: true),
                Cell(.encrypt, 512 << 10, depth: 16), Cell(.decrypt, 256, depth: 128), Cell(.decrypt, 64 << 10, depth: 16),
                Cell(.dataKey, depth: 16), Cell(.ping, depth: 128),
            ], seconds: seconds, rounds: 3, loads: [0.2, 0.5, 0.8], curve: Cell(.encrypt, 256, depth: 16, connections: 8, keys: 64))
    }

    /// Not every size with every depth: along each axis with the others held, and the corners where something else is the limit.
    private static let encrypt = [
        Cell(.encrypt, 64, depth: 1), Cell(.encrypt, 64, depth: 128), Cell(.encrypt, 256, depth: 1), Cell(.encrypt, 256, depth: 16),
        Cell(.encrypt, 256, depth: 128, open: true), Cell(.encrypt, 4 << 10, depth: 16), Cell(.encrypt, 16 << 10, depth: 1),
        Cell(.encrypt, 16 << 10, depth: 16, open: true), Cell(.encrypt, 64 << 10, depth: 16), Cell(.encrypt, 512 << 10, depth: 1),
        Cell(.encrypt, 512 << 10, depth: 16), Cell(.encrypt, 256, depth: 128, keys: 64), Cell(.encrypt, 256, depth: 128, keys: 10_000),
        Cell(.encrypt, 256, depth: 16, connections: 8, keys: 64, open: true),
        Cell(.encrypt, 256, depth: 1, connections: 256, keys: 64, open: true),
        Cell(.encrypt, 256, depth: 16, connections: 256, keys: 10_000),
    ]
    private static let decrypt = [
        Cell(.decrypt, 256, depth: 1), Cell(.decrypt, 256, depth: 128, open: true), Cell(.decrypt, 256, depth: 128, keys: 64),
        Cell(.decrypt, 256, depth: 128, keys: 10_000), Cell(.decrypt, 256, depth: 16, connections: 8, keys: 64),
        Cell(.decrypt, 64 << 10, depth: 16), Cell(.decrypt, 512 << 10, depth: 16),
    ]
    private static let others = [
        Cell(.dataKey, depth: 1), Cell(.dataKey, depth: 128), Cell(.dataKey, depth: 128, keys: 10_000), Cell(.ping, depth: 1),
        Cell(.ping, depth: 128), Cell(.ping, depth: 1, connections: 256),
    ]
}
