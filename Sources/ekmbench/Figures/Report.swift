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
    let instructionsNotCounted: String?
    /// The share of the machine's time that went to programs that have nothing to do with it.
    var others = 0.0
    var cells: [CellReport] = []
    var curve: Curve?
}
