internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func environments() async throws(KeyStoreError) -> [EnvironmentRecord] {
        try await reading { [environmentRows, mainKeyRows, environmentKeyRows] database in
            let assembly = EnvironmentAssembly(
                mainKeys: try mainKeyRows.readings(database), environmentKeys: try environmentKeyRows.readings(database))
            return try environmentRows.readings(database).map(assembly.record).sorted { $0.identity.name < $1.identity.name }
        }
    }

    package func create(_ environment: EnvironmentRecord) async throws(KeyStoreError) {
        try await writing { [environmentRows, mainKeyRows, environmentKeyRows] database in
            let name = environment.identity.name.description
            guard try !Self.exists(database, "SELECT 1 FROM environments WHERE name = ?", [name.databaseValue]) else {
                throw KeyStoreError(
                    .exists, "There is an environment of the name \(name) already.",
                    remedy: "Choose another name, or delete that one first.")
            }
            try mainKeyRows.insert(MainKeyRow(environment.mainKey, of: environment.identity.id), database)
            try environmentKeyRows.insert(EnvironmentKeyRow(environment.environmentKey, of: environment.identity.id), database)
            try environmentRows.insert(EnvironmentRow(environment), database)
        }
    }

    package func environmentKeys(of environment: EnvironmentID) async throws(KeyStoreError) -> [EnvironmentKeyRecord] {
        try await reading { [environmentKeyRows] database in
            try environmentKeyRows.all(database, "environment = ? ORDER BY version", [environment.blob]).map(\.record)
        }
    }

    package func census(of environment: EnvironmentID) async throws(KeyStoreError) -> [CensusEntry] {
        try await reading { [environmentKeyRows] database in
            let counts = try Row.fetchAll(
                database, sql: "SELECT version, COUNT(*) FROM wraps WHERE environment = ? AND version IS NOT NULL GROUP BY version",
                arguments: [environment.blob])
            let keys = Dictionary(counts.map { ($0[0] as Int64? ?? 0, $0[1] as Int? ?? 0) }, uniquingKeysWith: +)
            return try environmentKeyRows.all(database, "environment = ? ORDER BY version", [environment.blob]).map { row in
                CensusEntry(
                    version: row.record.version, mainKey: row.record.mainKey, generation: row.record.generation,
                    keys: keys[Int64(row.record.version.number)] ?? 0)
            }
        }
    }

    package func contents(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentContents {
        try await reading { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT kind, COUNT(*), MIN(hour), MAX(hour) FROM keys WHERE environment = ? GROUP BY kind",
                arguments: [environment.blob])
            var contents = EnvironmentContents()
            for row in rows {
                let count: Int = row[1] ?? 0
                switch KeyKind(rawValue: UInt8(clamping: row[0] as Int? ?? 0)) {
                case .hourly:
                    contents.hourlyKeys = count
                    contents.firstHour = (row[2] as Int64?).map { Hour(number: UInt32(clamping: $0)) }
                    contents.lastHour = (row[3] as Int64?).map { Hour(number: UInt32(clamping: $0)) }
                case .connection: contents.connectionKeys = count
                case .log: contents.logKeys = count
                default: break
                }
            }
            return contents
        }
    }

    static func exists(_ database: Database, _ sql: String, _ arguments: [DatabaseValue]) throws -> Bool {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: StatementArguments(arguments)) != nil
    }
}
