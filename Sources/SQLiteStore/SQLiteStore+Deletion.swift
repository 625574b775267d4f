internal import GRDB
package import KeyHierarchy

extension SQLiteStore: KeyStore {
    package func delete(_ environment: EnvironmentID) async throws(KeyStoreError) {
        do {
            try await pool.writeWithoutTransaction { database in
                // The rows of a damaged environment may name each other wrongly; they are to go all the same.
                try database.execute(sql: "PRAGMA foreign_keys = OFF")
                defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
                try database.inTransaction(.immediate) {
                    try database.execute(sql: "DELETE FROM environments WHERE id = ?", arguments: [environment.blob])
                    guard database.changesCount > 0 else {
                        throw KeyStoreError(.missing, "There is no such environment.", remedy: "It may have been deleted already.")
                    }
                    for table in ["wraps", KeyRow.table, EnvironmentKeyRow.table, MainKeyRow.table] {
                        try database.execute(sql: "DELETE FROM \(table) WHERE environment = ?", arguments: [environment.blob])
                    }
                    return .commit
                }
            }
        } catch { throw KeyStoreError(error, in: path) }
        try await emptyLog()
    }

    /// Puts the log's pages in place and cuts it to nothing: until then, what was deleted still stands in it.
    private func emptyLog() async throws(KeyStoreError) {
        let attempts = 40
        for attempt in 1...attempts {
            do {
                _ = try await pool.writeWithoutTransaction { database in try database.checkpoint(.truncate) }
                return
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && attempt < attempts {
                // The writer is free while we wait, so that others are not held up by whoever still reads.
                try? await Task.sleep(for: .milliseconds(50))
            } catch {
                throw KeyStoreError(
                    .failed, "The environment is deleted, but its bytes still stand in the log of the key store in \(path): \(error).",
                    remedy: "Stop whoever else reads the store, and restart the daemon: it empties the log when it starts.",
                    underlying: error)
            }
        }
    }
}
