/// What a cell came to.
struct CellReport: Codable, Sendable {
    let cell: Cell
    var figures: PerContender<Figures>
    let ratios: Ratios
    /// At half of ekmd's peak; only where the cell is measured so.
    var open: OpenFigures?
    /// When the cell was done.
    let memory: PerContender<ResidentMemory>
}
