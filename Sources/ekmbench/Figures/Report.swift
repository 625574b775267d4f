/// A whole run, as `--json` writes it and `--compare` reads it.
struct Report: Codable, Sendable {
    /// Counts up when a reader of the older one would be misled.
    static let format = 1

    var format = Self.format
    let machine: Machine
    let cores: Cores
    /// How long each server was measured in each cell, and in how many turns.
    let seconds: Double
    let rounds: Int
    /// Why instructions were not counted; null where they were.
    let notCounted: String?
    var cells: [CellReport] = []
    var curve: Curve?
}
