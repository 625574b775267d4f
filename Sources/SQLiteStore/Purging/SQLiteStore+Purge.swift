internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    /// Puts the log's pages in place and cuts it to nothing: until then, what was deleted still stands in it. Then looks through the file
    /// for what was deleted since the last purge.
    package func purge() async throws(KeyStoreError) {
        let attempts = 10
        for attempt in 1...attempts {
            do throws(KeyStoreError) {
                return try await onWriter { [self] database in
                    try Self.emptyLog(database)
                    try purgeFile(database)
                }
            } catch {
                guard error.code == .busy, attempt < attempts else { throw error }
                // The writer is free while we wait, so that others are not held up by whoever still reads.
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// In the turn of the writer in which the log was emptied, so that no page moves meanwhile.
    private func purgeFile(_ database: Database) throws {
        let due = deleted.due
        guard due.isMarked || !due.needles.isEmpty else { return }
        let leftovers = Leftovers(due.needles, in: try DatabaseFile(database))
        if due.isMore { try leftovers.wipeAll(database) }
        let found = try leftovers.pages()
        if !found.isEmpty {
            let areWiped = try leftovers.wipe(found, database)
            if try !areWiped || !leftovers.pages().isEmpty { try rebuild(due.needles, database) }
        }
        try database.execute(sql: "DELETE FROM unpurged")
        deleted.clear()
    }

    /// The last resort: writes every row into a new file.
    private func rebuild(_ needles: Set<[UInt8]>, _ database: Database) throws {
        try database.execute(sql: "VACUUM")
        try Self.emptyLog(database)
        guard try Leftovers(needles, in: DatabaseFile(database)).pages().isEmpty else {
            throw KeyStoreError(
                .failed, "Bytes that were deleted still stand in the key store in \(path), in a row that is there.",
                remedy: "Other hands put a deleted row back: stop the daemon, and take that backup away.")
        }
    }

    /// - Throws: `DatabaseError` with `SQLITE_BUSY`, soon, where somebody reads what the log has.
    static func emptyLog(_ database: Database) throws {
        try database.execute(sql: "PRAGMA busy_timeout = 50")
        defer { try? setBusyTimeout(database) }
        _ = try database.checkpoint(.truncate)
    }

    static func setBusyTimeout(_ database: Database) throws {
        try database.execute(sql: "PRAGMA busy_timeout = \(Int(busyTimeout * 1000))")
    }
}
