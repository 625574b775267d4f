internal import FoundationEssentials
internal import GRDB
package import KeyHierarchy

extension SQLiteStore: KeyStore {
    package func delete(_ environment: EnvironmentID) async throws(KeyStoreError) {
        try await withoutForeignKeys { database in
            try database.execute(sql: "DELETE FROM environments WHERE id = ?", arguments: [environment.blob])
            guard database.changesCount > 0 else {
                throw KeyStoreError(.missing, "There is no such environment.", remedy: "It may have been deleted already.")
            }
            try database.execute(
                sql: "DELETE FROM erasure_keys WHERE erasure IN (SELECT id FROM erasures WHERE environment = ?)",
                arguments: [environment.blob])
            for table in [RepackRow.table, ErasureRow.table, EnvironmentKeyRow.table, MainKeyRow.table] {
                try database.execute(sql: "DELETE FROM \(table) WHERE environment = ?", arguments: [environment.blob])
            }
            try database.execute(sql: "INSERT INTO deletions (environment) VALUES (?)", arguments: [environment.blob])
        }
        // It is gone for everyone now, and without its versions no wrap opens: its keys, which may be a million, go by and by.
        do throws(KeyStoreError) { try await finishDeletion(of: environment) } catch {
            throw notPurged("The environment is deleted", error)
        }
        try await emptyLog(after: "The environment is deleted")
    }

    package func purgeLog() async throws(KeyStoreError) {
        let what = "The keys are erased"
        do throws(KeyStoreError) {
            let open = try await reading { database in try Data.fetchAll(database, sql: "SELECT environment FROM deletions") }
            for environment in open.compactMap({ EnvironmentID([UInt8]($0)) }) { try await finishDeletion(of: environment) }
        } catch { throw notPurged(what, error) }
        try await emptyLog(after: what)
    }

    private func finishDeletion(of environment: EnvironmentID) async throws(KeyStoreError) {
        while try await withoutForeignKeys({ database in try Self.continueDeletion(of: environment, database) }) {}
    }

    /// Deletes what a crash left of deleted environments.
    static func endDeletions(_ database: Database) throws {
        for environment in try Data.fetchAll(database, sql: "SELECT environment FROM deletions") {
            guard let id = EnvironmentID([UInt8](environment)) else { continue }
            while try continueDeletion(of: id, database) {}
        }
    }

    /// - Returns: whether there may be more.
    private static func continueDeletion(of environment: EnvironmentID, _ database: Database) throws -> Bool {
        let limit = 2_000
        for (table, key) in [("wraps", "environment, version, key"), (KeyRow.table, "id"), (TombstoneRow.table, "key")] {
            try database.execute(
                sql: """
                    DELETE FROM \(table) WHERE (\(key)) IN (SELECT \(key) FROM \(table) WHERE environment = ? ORDER BY \(key) LIMIT ?)
                    """, arguments: [environment.blob, limit])
            if database.changesCount > 0 { return true }
        }
        try database.execute(sql: "DELETE FROM deletions WHERE environment = ?", arguments: [environment.blob])
        return false
    }

    /// One transaction. The rows of a damaged environment may name each other wrongly; they are to go all the same.
    private func withoutForeignKeys<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws(KeyStoreError) -> R {
        do {
            return try await pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA foreign_keys = OFF")
                defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
                var result: R?
                try database.inTransaction(.immediate) {
                    result = try body(database)
                    return .commit
                }
                guard let result else { preconditionFailure("a transaction that was committed has its result") }
                return result
            }
        } catch { throw KeyStoreError(error, in: path) }
    }

    /// Puts the log's pages in place and cuts it to nothing: until then, what was deleted still stands in it.
    func emptyLog(after what: String) async throws(KeyStoreError) {
        // About three seconds: who asked is told then, and it is tried again beside the requests.
        let attempts = 10
        for attempt in 1...attempts {
            do {
                _ = try await pool.writeWithoutTransaction { database in try database.checkpoint(.truncate) }
                return
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && attempt < attempts {
                // The writer is free while we wait, so that others are not held up by whoever still reads.
                try? await Task.sleep(for: .milliseconds(50))
            } catch {
                throw notPurged(what, error)
            }
        }
    }

    private func notPurged(_ what: String, _ error: any Error) -> KeyStoreError {
        KeyStoreError(
            .notPurged, "\(what), but the bytes still stand in the log of the key store in \(path): \(error).",
            remedy: "Stop whoever else reads the store's file. ekmd tries again by itself until the bytes are gone.", underlying: error)
    }
}
