internal import GRDB

/// A row that decides something: all its columns stand under one code.
protocol AuthenticatedRow {
    static var table: String { get }
    /// The columns that name a row.
    static var primaryKey: [String] { get }

    init(_ columns: Columns) throws(RowDamage)

    /// Every column of the table but the code.
    var columns: Columns { get }
}
