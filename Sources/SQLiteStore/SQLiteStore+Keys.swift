internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func key(_ id: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await key(nil, "id = ? AND environment = ?", [id.blob, environment.blob])
    }

    package func hourlyKey(
        of environment: EnvironmentID, for hour: Hour, floor: EnvironmentKeyVersion, inDoubt: Bool
    ) async throws(KeyStoreError) -> KeyRecord? {
        try await reading { [self] database in
            var doubt: UInt32 = 0
            if inDoubt {
                guard let open = try openDoubt(database)?.doubt.number else { return nil }
                doubt = open
            }
            return try hourlyRow(of: environment, for: hour, floor: floor, doubt: doubt, database).flatMap { try record($0, database) }
        }
    }

    package func connectionKey(_ connection: ConnectionID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await reading { [self] database in
            let condition = "environment = ? AND kind = 3 AND connection = ?\(Self.unburied) ORDER BY version DESC LIMIT 1"
            return try keyRows.first(database, from: "connection_keys", condition, [environment.blob, connection.bytes.blob]).flatMap {
                try record($0, database)
            }
        }
    }

    package func logKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await key("log_keys", "environment = ? AND kind = 4", order: "ORDER BY version DESC LIMIT 1", [environment.blob])
    }

    package func insert(_ key: KeyRecord) async throws(KeyStoreError) -> KeyRecord {
        try key.check()
        return try await inserting(
            for: key.environment,
            isKept: { database in
                try Self.exists(database, "SELECT 1 FROM keys WHERE id = ?", [key.id.blob])
            },
            { [self] database in
                let environment = try environmentRow(key.environment, database)
                guard try tombstoneRows.first(database, "key = ?", [key.id.blob]) == nil else {
                    throw KeyStoreError(
                        .exists, "A key of this id was erased, and never comes back.", remedy: "Make a key with another id.")
                }
                guard environment.keyFloor == key.floor, key.born >= key.floor else {
                    throw KeyStoreError(
                        .stale, "The key was made before keys of its version ceased to encrypt: the main key was replaced meanwhile.",
                        remedy: "Make another key.")
                }
                if let other = try keyRows.first(database, "id = ? AND environment = ?", [key.id.blob, key.environment.blob])
                    ?? server(of: key, database)
                {
                    guard let record = try record(other, database) else { throw KeyStoreError.noEnvironment }
                    return record
                }
                var kept = key
                kept.createdAt = try numbered(key.createdAt, database)
                let row = KeyRow(kept)
                try bury(row, database)
                try keyRows.insert(row, database)
                // A version that was retired meanwhile keeps nothing.
                let wraps = try database.cachedStatement(
                    sql: """
                        INSERT INTO wraps (environment, version, key, bytes) SELECT environment, version, ?, ? FROM environment_keys
                        WHERE environment = ? AND version = ? AND retired IS NULL
                        """)
                kept.wraps = try key.wraps.filter { wrap in
                    try wraps.execute(arguments: [key.id.blob, wrap.bytes.blob, key.environment.blob, wrap.version.value])
                    return database.changesCount > 0
                }
                guard !kept.wraps.isEmpty else {
                    throw KeyStoreError(
                        .missing, "The version of the environment's key that wraps the new key is not there any more.",
                        remedy: "Wrap the key under the version that is current now.")
                }
                return kept
            })
    }

    /// The stored key that serves the new one's purpose already.
    private func server(of key: KeyRecord, _ database: Database) throws -> KeyRow? {
        let place = key.environment.blob
        switch key.purpose {
        case .hourly(let hour):
            var doubt: UInt32 = 0
            if let given = key.createdAt.doubt {
                guard let number = given.number > 0 ? given.number : try openDoubt(database)?.doubt.number else { return nil }
                doubt = number
            }
            return try hourlyRow(of: key.environment, for: hour, floor: key.floor, doubt: doubt, database)
        case .connection(let connection, let version):
            return try keyRows.first(
                database, from: "connection_keys", "environment = ? AND kind = 3 AND connection = ? AND version = ?\(Self.unburied)",
                [place, connection.bytes.blob, Int64(version).databaseValue])
        case .log(let version):
            return try keyRows.first(
                database, from: "log_keys", "environment = ? AND kind = 4 AND version = ?\(Self.unburied)",
                [place, Int64(version).databaseValue])
        }
    }

    /// The key that encrypts in an hour, among those that were made in one doubt, or in none (0).
    private func hourlyRow(
        of environment: EnvironmentID, for hour: Hour, floor: EnvironmentKeyVersion, doubt: UInt32, _ database: Database
    ) throws -> KeyRow? {
        let arguments = [environment.blob, Int64(hour.number).databaseValue, floor.value]
        let new = """
            environment = ? AND hour = ? AND kind = 2 AND state IS NULL AND born >= ? AND COALESCE(doubt, 0) = ?\(Self.unburied)
            ORDER BY floor DESC LIMIT 1
            """
        if let row = try keyRows.first(database, from: "hourly_keys", new, arguments + [Int64(doubt).databaseValue]) { return row }
        guard doubt == 0 else { return nil }
        // Of schema version 2: active, or made ahead; one that was closed, or made by a wrong clock, never encrypts again.
        let old = """
            environment = ? AND hour = ? AND kind = 2 AND state IN (1, 3) AND COALESCE(born, 1) >= ?\(Self.unburied)
            AND hour BETWEEN created_at / 3600 AND created_at / 3600 + 1
            ORDER BY state, id LIMIT 1
            """
        return try keyRows.first(database, from: "keys_by_hour", old, arguments)
    }

    /// A key is not there where its tombstone stands, whoever put its row back.
    private static let unburied = " AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.key = keys.id)"

    /// Deletes rows of erased keys that came back, and stand where a new key is to be.
    private func bury(_ row: KeyRow, _ database: Database) throws {
        let place = row.environment.blob
        let (index, condition, arguments): (String, String, [DatabaseValue]) =
            switch row.purpose {
            case .hourly(let hour):
                (
                    "hourly_keys", "environment = ? AND hour = ? AND kind = 2 AND state IS NULL AND floor = ? AND COALESCE(doubt, 0) = ?",
                    [place, Int64(hour.number).databaseValue, row.floor.value, Int64(row.createdAt.doubt?.number ?? 0).databaseValue]
                )
            case .connection(let connection, let version):
                (
                    "connection_keys", "environment = ? AND kind = 3 AND connection = ? AND version = ?",
                    [place, connection.bytes.blob, Int64(version).databaseValue]
                )
            case .log(let version):
                ("log_keys", "environment = ? AND kind = 4 AND version = ?", [place, Int64(version).databaseValue])
            }
        let statement = try database.cachedStatement(sql: "SELECT id FROM keys INDEXED BY \(index) WHERE \(condition)")
        for found in try Row.fetchAll(statement, arguments: StatementArguments(arguments)).compactMap({ $0.bytes(0) }) {
            guard try Self.exists(database, "SELECT 1 FROM tombstones WHERE key = ?", [found.blob]) else { continue }
            try remove(found.blob, of: row.environment, database)
        }
    }

    /// Deletes a key's row and all its wraps.
    func remove(_ key: DatabaseValue, of environment: EnvironmentID, _ database: Database) throws {
        _ = try deleteWraps(
            """
            environment = ?1 AND key = ?2
            AND version IN (SELECT version FROM environment_keys WHERE environment = ?1 UNION ALL SELECT 0)
            """, [environment.blob, key], database)
        try database.cachedStatement(sql: "DELETE FROM keys WHERE id = ?").execute(arguments: [key])
    }

    private func key(
        _ index: String?, _ condition: String, order: String = "", _ arguments: [DatabaseValue]
    ) async throws(KeyStoreError) -> KeyRecord? {
        try await reading { [self] database in
            try keyRows.first(database, from: index, "\(condition)\(Self.unburied) \(order)", arguments).flatMap {
                try record($0, database)
            }
        }
    }

    /// Nil where its environment is gone, and the key's own row is still to go.
    private func record(_ row: KeyRow, _ database: Database) throws -> KeyRecord? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT version, bytes FROM wraps WHERE environment = ?1 AND key = ?2
                AND version IN (SELECT version FROM environment_keys WHERE environment = ?1 AND retired IS NULL) ORDER BY version
                """)
        let wraps = try Row.fetchAll(statement, arguments: [row.environment.blob, row.id.blob]).map { wrap in
            let columns = Columns(table: "wraps", wrap)
            return Wrap(version: try columns.version("version"), bytes: try columns.bytes("bytes", atMost: Limits.wrap))
        }
        guard !wraps.isEmpty else {
            guard try Self.isThere(row.environment, database) else { return nil }
            throw RowDamage(table: "wraps", reason: .missing)
        }
        var key = KeyRecord(
            id: row.id, environment: row.environment, purpose: row.purpose, createdAt: try resolved(row.createdAt, database),
            born: row.born, floor: row.floor, wraps: wraps)
        key.isDoomed = try Self.exists(
            database, "SELECT 1 FROM erasure_keys WHERE environment = ? AND key = ?", [row.environment.blob, row.id.blob])
        return key
    }
}
