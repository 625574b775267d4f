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
        for check in isWhole ? ["PRAGMA quick_check(1)"] : Self.smallTables.map(Self.check) {
            if let defect = try Self.defect(check, database) { return defect }
        }
        return nil
    }

    /// The tables that are to be looked at, each on its own.
    func slices(of database: Database) throws -> [String] {
        guard isWhole else { return Self.smallTables }
        return try String.fetchAll(
            database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name")
    }

    static func defect(in slice: String, _ database: Database) throws -> String? { try defect(check(slice), database) }

    private var isWhole: Bool { size <= Self.wholeLimit }

    private static func check(_ table: String) -> String { "PRAGMA quick_check(\(table))" }

    private static func defect(_ check: String, _ database: Database) throws -> String? {
        guard let answer = try String.fetchOne(database, sql: check), answer != "ok" else { return nil }
        return answer
    }
}
