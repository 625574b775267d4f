internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func key(_ id: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await key(nil, "id = ? AND environment = ?", [id.blob, environment.blob])
    }

    package func activeHourlyKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await key(Self.activeHourly.index, Self.activeHourly.condition, [environment.blob])
    }

    package func upcomingHourlyKey(of environment: EnvironmentID, for hour: Hour) async throws(KeyStoreError) -> KeyRecord? {
        try await key(Self.upcomingHourly.index, Self.upcomingHourly.condition, [environment.blob, Int64(hour.number).databaseValue])
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
        try await writing { [self] database in
            let environment = try environmentRow(key.environment, database)
            guard try tombstoneRows.first(database, "key = ?", [key.id.blob]) == nil else {
                throw KeyStoreError(.exists, "A key of this id was erased, and never comes back.", remedy: "Make a key with another id.")
            }
            if let other = try keyRows.first(database, "id = ? AND environment = ?", [key.id.blob, key.environment.blob])
                ?? server(of: key, environment, database)
            {
                return try Self.record(other, database)
            }
            try keyRows.insert(KeyRow(key), database)
            // A version that was retired meanwhile keeps nothing.
            let wraps = try database.cachedStatement(
                sql: """
                    INSERT INTO wraps (environment, version, key, bytes) SELECT environment, version, ?, ? FROM environment_keys
                    WHERE environment = ? AND version = ? AND retired IS NULL
                    """)
            var kept = key
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
        }
    }

    package func activateHourlyKey(_ key: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) {
        try await writing { [self] database in
            guard var row = try keyRows.first(database, "id = ? AND environment = ?", [key.blob, environment.blob]),
                case .hourly(var hourly) = row.purpose
            else {
                throw KeyStoreError(.missing, "There is no such hourly key.", remedy: "It was erased, or its environment deleted.")
            }
            guard hourly.state == .upcoming else { return }
            try closeHourlyKeys(of: environment, upTo: hourly.hour, but: key, database)
            hourly.state = .active
            row.purpose = .hourly(hourly)
            try keyRows.update(row, database)
        }
    }

    /// The stored key that serves the new one's purpose already; hourly keys that no longer do are closed on the way.
    private func server(of key: KeyRecord, _ environment: EnvironmentRow, _ database: Database) throws -> KeyRow? {
        let rows = keyRows
        let place = key.environment.blob
        switch key.purpose {
        case .hourly(let new):
            // A closed key is never active again: its hour gets another, should the clock come back.
            switch new.state {
            case .active:
                if let active = try rows.first(database, from: Self.activeHourly.index, Self.activeHourly.condition, [place]),
                    active.hour == new.hour, active.born >= environment.keyFloor
                {
                    return active
                }
                try closeHourlyKeys(of: key.environment, upTo: new.hour, database)
            case .upcoming:
                let hour = Int64(new.hour.number).databaseValue
                guard
                    let upcoming = try rows.first(database, from: Self.upcomingHourly.index, Self.upcomingHourly.condition, [place, hour])
                else { return nil }
                if upcoming.born >= environment.keyFloor { return upcoming }
                try close(upcoming, database)
            case .inactive: break
            }
            return nil
        case .connection(let connection, let version):
            return try rows.first(
                database, from: "connection_keys", "environment = ? AND kind = 3 AND connection = ? AND version = ?",
                [place, Array(connection.utf8).blob, Int64(version).databaseValue])
        case .log(let version):
            return try rows.first(
                database, from: "log_keys", "environment = ? AND kind = 4 AND version = ?", [place, Int64(version).databaseValue])
        }
    }

    /// Closes the active key, and those made ahead for this hour or an earlier one.
    private func closeHourlyKeys(of environment: EnvironmentID, upTo hour: Hour, but kept: KeyID? = nil, _ database: Database) throws {
        if let active = try keyRows.first(database, from: Self.activeHourly.index, Self.activeHourly.condition, [environment.blob]),
            active.id != kept
        {
            try close(active, database)
        }
        let passed = try keyRows.all(
            database, "environment = ? AND kind = 2 AND state = 3 AND hour <= ?", [environment.blob, Int64(hour.number).databaseValue])
        for upcoming in passed where upcoming.id != kept { try close(upcoming, database) }
    }

    private func close(_ row: KeyRow, _ database: Database) throws {
        guard case .hourly(var hourly) = row.purpose else { return }
        var row = row
        hourly.state = .inactive
        row.purpose = .hourly(hourly)
        try keyRows.update(row, database)
    }

    /// The constants stand in the text because SQLite answers from a partial index only where it sees them.
    private static let activeHourly = (index: "one_active_hourly_key", condition: "environment = ? AND kind = 2 AND state = 1")
    private static let upcomingHourly = (
        index: "upcoming_hourly_keys", condition: "environment = ? AND hour = ? AND kind = 2 AND state = 3"
    )

    private func key(_ index: String?, _ condition: String, _ arguments: [DatabaseValue]) async throws(KeyStoreError) -> KeyRecord? {
        try await reading { [keyRows] database in
            try keyRows.first(database, from: index, condition, arguments).map { try Self.record($0, database) }
        }
    }

    private static func record(_ row: KeyRow, _ database: Database) throws -> KeyRecord {
        let statement = try database.cachedStatement(
            sql: """
                SELECT version, bytes FROM wraps WHERE environment = ?1 AND key = ?2
                AND version IN (SELECT version FROM environment_keys WHERE environment = ?1 AND retired IS NULL) ORDER BY version
                """)
        let wraps = try Row.fetchAll(statement, arguments: [row.environment.blob, row.id.blob]).map { wrap in
            let columns = Columns(table: "wraps", wrap)
            return Wrap(version: try columns.version("version"), bytes: try columns.bytes("bytes", atMost: Limits.wrap))
        }
        guard !wraps.isEmpty else { throw RowDamage(table: "wraps", reason: .missing) }
        return KeyRecord(
            id: row.id, environment: row.environment, purpose: row.purpose, createdAt: row.createdAt, born: row.born, wraps: wraps)
    }
}

extension KeyRow {
    fileprivate var hour: Hour? { if case .hourly(let key) = purpose { key.hour } else { nil } }
}
