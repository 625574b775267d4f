internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func key(_ id: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await key(nil, "id = ? AND environment = ?", [id.blob, environment.blob])
    }

    package func activeHourlyKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await key(Self.activeHourly.index, Self.activeHourly.condition, [environment.blob])
    }

    package func connectionKey(_ connection: String, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await key(
            "connection_keys", "environment = ? AND kind = 3 AND connection = ? ORDER BY version DESC LIMIT 1",
            [environment.blob, Array(connection.utf8).blob])
    }

    package func logKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await key("log_keys", "environment = ? AND kind = 4 ORDER BY version DESC LIMIT 1", [environment.blob])
    }

    package func insert(_ key: KeyRecord) async throws(KeyStoreError) -> KeyRecord {
        try await writing { [keyRows] database in
            guard try Self.exists(database, "SELECT 1 FROM environments WHERE id = ?", [key.environment.blob]) else {
                throw KeyStoreError(.missing, "The environment of the new key is not there any more.", remedy: "It was deleted meanwhile.")
            }
            if let other = try keyRows.first(database, "id = ? AND environment = ?", [key.id.blob, key.environment.blob])
                ?? Self.server(of: key, keyRows, database)
            {
                return try Self.record(other, database)
            }
            try keyRows.insert(KeyRow(key), database)
            let wraps = try database.cachedStatement(sql: "INSERT INTO wraps (key, environment, version, bytes) VALUES (?, ?, ?, ?)")
            for wrap in key.wraps {
                try wraps.execute(arguments: [key.id.blob, key.environment.blob, Int64(wrap.version.number), wrap.bytes.blob])
            }
            return key
        }
    }

    /// The stored key that serves the new one's purpose already; an active hourly key of another hour is closed on the way.
    private static func server(of key: KeyRecord, _ rows: AuthenticatedTable<KeyRow>, _ database: Database) throws -> KeyRow? {
        let environment = key.environment.blob
        switch key.purpose {
        case .hourly(let new):
            // A closed key is never active again: its hour gets another, should the clock come back.
            guard new.state == .active,
                var active = try rows.first(database, from: activeHourly.index, activeHourly.condition, [environment]),
                case .hourly(var old) = active.purpose
            else { return nil }
            guard old.hour != new.hour else { return active }
            old.state = .inactive
            active.purpose = .hourly(old)
            try rows.update(active, database)
            return nil
        case .connection(let connection, let version):
            return try rows.first(
                database, from: "connection_keys", "environment = ? AND kind = 3 AND connection = ? AND version = ?",
                [environment, Array(connection.utf8).blob, Int64(version).databaseValue])
        case .log(let version):
            return try rows.first(
                database, from: "log_keys", "environment = ? AND kind = 4 AND version = ?", [environment, Int64(version).databaseValue])
        }
    }

    /// The constants stand in the text because SQLite answers from a partial index only where it sees them.
    private static let activeHourly = (index: "one_active_hourly_key", condition: "environment = ? AND kind = 2 AND state = 1")

    private func key(_ index: String?, _ condition: String, _ arguments: [DatabaseValue]) async throws(KeyStoreError) -> KeyRecord? {
        try await reading { [keyRows] database in
            try keyRows.first(database, from: index, condition, arguments).map { try Self.record($0, database) }
        }
    }

    private static func record(_ row: KeyRow, _ database: Database) throws -> KeyRecord {
        let statement = try database.cachedStatement(
            sql: """
                SELECT version, bytes FROM wraps INDEXED BY wraps_by_key
                WHERE key = ? AND environment = ? AND version IS NOT NULL ORDER BY version
                """)
        let wraps = try Row.fetchAll(statement, arguments: [row.id.blob, row.environment.blob]).map { wrap in
            let columns = Columns(table: "wraps", wrap)
            return Wrap(
                version: EnvironmentKeyVersion(number: try columns.integer("version")),
                bytes: try columns.bytes("bytes", atMost: Limits.wrap))
        }
        guard !wraps.isEmpty else { throw RowDamage(table: "wraps", reason: .missing) }
        return KeyRecord(id: row.id, environment: row.environment, purpose: row.purpose, createdAt: row.createdAt, wraps: wraps)
    }
}
