internal import GRDB

/// Has SQLite look at the pages of a store.
struct PageCheck {
    /// Of larger stores the pages of the keys, and of what only grows with the years, are checked when they are read, and everything
    /// else here; bytes.
    private static let wholeLimit = 64 << 20
    private static let smallTables = [
        MetaRow.table, EnvironmentRow.table, MainKeyRow.table, EnvironmentKeyRow.table, RepackRow.table, ErasureRow.table, ClockRow.table,
        DoubtRow.table,
    ]

    /// The size of the file; bytes.
    let size: Int

    /// SQLite's words for the first thing that is wrong; nil where nothing is.
    func defect(in database: Database) throws -> String? {
        let checks = size <= Self.wholeLimit ? ["PRAGMA quick_check(1)"] : Self.smallTables.map { "PRAGMA quick_check(\($0))" }
        for check in checks {
            guard let answer = try String.fetchOne(database, sql: check), answer != "ok" else { continue }
            return answer
        }
        return nil
    }
}
