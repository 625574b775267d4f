internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// Counts what writers get done, so that one who works long is told from one who hangs.
enum WriterBeat {
    private static let beats = Atomic<UInt64>(0)

    static var count: UInt64 { beats.load(ordering: .relaxed) }

    static func beat() { beats.add(1, ordering: .relaxed) }

    /// Has SQLite itself count, every few milliseconds of its work.
    static func follow(_ database: Database) {
        unsafe sqlite3_progress_handler(
            database.sqliteConnection, 100_000,
            { _ in
                WriterBeat.beat()
                return 0
            }, nil)
    }
}
