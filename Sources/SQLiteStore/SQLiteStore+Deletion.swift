internal import FoundationEssentials
internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    /// Works on a damaged environment too: what its row says is not verified.
    func delete(_ environment: EnvironmentID, from revision: Revision) async throws(KeyStoreError) -> AppliedChange {
        try await writing(
            foreignKeys: false,
            isKept: { database in try !Self.exists(database, "SELECT 1 FROM environments WHERE id = ?", [environment.blob]) },
            { [self] database in
                guard let reading = try environmentRows.readings(database, "id = ?", [environment.blob]).first else {
                    throw KeyStoreError(.missing, "There is no such environment.", remedy: "It may have been deleted already.")
                }
                let found = (try? EnvironmentRow.revision(reading.columns)) ?? .first
                guard found == revision else { throw KeyStoreError.stale(found) }
                try deleted.delete(secrets(of: environment, database), database)
                try database.execute(sql: "DELETE FROM environments WHERE id = ?", arguments: [environment.blob])
                for table in [RepackRow.table, ErasureRow.table, EnvironmentKeyRow.table, MainKeyRow.table, GenerationRow.table] {
                    try database.execute(sql: "DELETE FROM \(table) WHERE environment = ?", arguments: [environment.blob])
                }
                // It is gone for everyone now, and without its versions no wrap opens: its keys, which may be a million, go by and by.
                try database.execute(sql: "INSERT OR IGNORE INTO deletions (environment) VALUES (?)", arguments: [environment.blob])
                try tell(environment, nil, database)
                return AppliedChange(record: nil, isPurgeDue: true)
            })
    }

    private func secrets(of environment: EnvironmentID, _ database: Database) throws -> [[UInt8]] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT wrapped FROM environment_keys WHERE environment = ?1
                UNION ALL SELECT sealed_material FROM main_keys WHERE environment = ?1
                """, arguments: [environment.blob]
        ).compactMap { $0.bytes(0) }
    }

    package func continueDeletions(limit: Int) async throws(KeyStoreError) -> Sweep {
        let isDue = try await reading { database in try Self.exists(database, "SELECT 1 FROM deletions", []) }
        guard isDue else { return .idle }
        guard limit > 0 else { return .more }
        return try await writing { [self] database in
            var rest = limit
            while let environment = try Data.fetchOne(database, sql: "SELECT environment FROM deletions ORDER BY environment LIMIT 1") {
                rest -= try continueDeletion(of: [UInt8](environment).blob, limit: rest, database)
                guard rest > 0 else { return .more }
                try database.execute(sql: "DELETE FROM deletions WHERE environment = ?", arguments: [environment])
            }
            return .ended
        }
    }

    /// - Returns: how many rows went: fewer than `limit` when none is left.
    private func continueDeletion(of environment: DatabaseValue, limit: Int, _ database: Database) throws -> Int {
        var rest = limit
        rest -= try deleteWraps(
            """
            (environment, version, key) IN (SELECT environment, version, key FROM wraps WHERE environment = ?
            ORDER BY environment, version, key LIMIT ?)
            """, [environment, rest.databaseValue], database)
        for (table, key) in [
            (KeyRow.table, "id"), (TombstoneRow.table, "key"), ("erasure_keys", "environment, erasure, key"),
        ] where rest > 0 {
            try database.execute(
                sql: "DELETE FROM \(table) WHERE (\(key)) IN (SELECT \(key) FROM \(table) WHERE environment = ? ORDER BY \(key) LIMIT ?)",
                arguments: [environment, rest])
            rest -= database.changesCount
        }
        return limit - rest
    }

    /// Deletes wraps, and remembers what they were until the file is purged.
    /// - Returns: how many.
    func deleteWraps(_ condition: String, _ arguments: [DatabaseValue], _ database: Database) throws -> Int {
        let deletion = "DELETE FROM wraps WHERE \(condition)"
        guard !deleted.isFull else {
            try database.cachedStatement(sql: deletion).execute(arguments: StatementArguments(arguments))
            if database.changesCount > 0 { try deleted.deleteMany(database) }
            return database.changesCount
        }
        let statement = try database.cachedStatement(sql: deletion + " RETURNING bytes")
        let gone = try Row.fetchAll(statement, arguments: StatementArguments(arguments)).compactMap { $0.bytes(0) }
        try deleted.delete(gone, database)
        return gone.count
    }
}

extension Row {
    /// A blob; nil where the column is NULL.
    func bytes(_ place: Int) -> [UInt8]? { (self[place] as Data?).map { [UInt8]($0) } }
}
