internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    /// Puts the log's pages in place and cuts it to nothing: until then, what was deleted still stands in it.
    package func purge() async throws(KeyStoreError) {
        let attempts = 10
        for attempt in 1...attempts {
            do throws(KeyStoreError) {
                return try await onWriter { [self] database in
                    try Self.emptyLog(database)
                    try clearDeleted(database)
                }
            } catch {
                guard error.code == .busy, attempt < attempts else { throw error }
                // The writer is free while we wait, so that others are not held up by whoever still reads.
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func clearDeleted(_ database: Database) throws {
        guard deleted.due.isMarked else { return }
        try database.execute(sql: "DELETE FROM unpurged")
        deleted.clear()
    }

    /// - Throws: `DatabaseError` with `SQLITE_BUSY`, soon, where somebody reads what the log has.
    static func emptyLog(_ database: Database) throws {
        try database.execute(sql: "PRAGMA busy_timeout = 50")
        defer { try? database.execute(sql: "PRAGMA busy_timeout = \(Int(busyTimeout * 1000))") }
        _ = try database.checkpoint(.truncate)
    }
}
