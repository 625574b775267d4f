internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func environments() async throws(KeyStoreError) -> [EnvironmentRecord] {
        try await reading { [self] database in
            let assembly = EnvironmentAssembly(
                mainKeys: try mainKeyRows.readings(database), environmentKeys: try environmentKeyRows.readings(database),
                repacks: try repackRows.readings(database))
            return try environmentRows.readings(database).map(assembly.record).sorted { $0.identity.name < $1.identity.name }
        }
    }

    package func environment(_ id: EnvironmentID) async throws(KeyStoreError) -> EnvironmentRecord? {
        try await reading { [self] database in try record(id, database) }
    }

    private func record(_ id: EnvironmentID, _ database: Database) throws -> EnvironmentRecord? {
        guard let row = try environmentRows.readings(database, "id = ?", [id.blob]).first else { return nil }
        let ours = "environment = ?"
        let assembly = EnvironmentAssembly(
            mainKeys: try mainKeyRows.readings(database, ours, [id.blob]),
            environmentKeys: try environmentKeyRows.readings(database, ours, [id.blob]),
            repacks: try repackRows.readings(database, ours, [id.blob]))
        return assembly.record(row)
    }

    package func create(_ environment: EnvironmentRecord) async throws(KeyStoreError) {
        try await writing { [self] database in
            let name = environment.identity.name.description
            let id = environment.identity.id
            guard try !Self.exists(database, "SELECT 1 FROM environments WHERE name = ?", [name.databaseValue]) else {
                throw KeyStoreError(
                    .exists, "There is an environment of the name \(name) already.",
                    remedy: "Choose another name, or delete that one first.")
            }
            if var meta = try metaRows.first(database, "id = 1", []), meta.usedAt == nil {
                meta.usedAt = environment.createdAt
                try metaRows.update(meta, database)
            }
            try mainKeyRows.insert(MainKeyRow(environment.mainKey, of: id), database)
            for mainKey in environment.formerMainKeys { try mainKeyRows.insert(MainKeyRow(mainKey, of: id, role: .former), database) }
            if let mainKey = environment.pendingMainKey { try mainKeyRows.insert(MainKeyRow(mainKey, of: id, role: .pending), database) }
            for key in environment.olderEnvironmentKeys + [environment.environmentKey] {
                try environmentKeyRows.insert(EnvironmentKeyRow(key, of: id), database)
            }
            try environmentRows.insert(EnvironmentRow(environment), database)
            if let repack = environment.repack { try repackRows.insert(RepackRow(repack, of: id), database) }
        }
    }

    package func environmentKeys(of environment: EnvironmentID) async throws(KeyStoreError) -> [EnvironmentKeyRecord] {
        try await reading { [environmentKeyRows] database in
            try environmentKeyRows.all(database, Self.liveVersions, [environment.blob]).map(\.record)
        }
    }

    package func census(of environment: EnvironmentID) async throws(KeyStoreError) -> [CensusEntry] {
        try await reading { [self] database in try census(environment, database) }
    }

    package func contents(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentContents {
        try await reading { database in try Self.contents(database, "environment = ?", [environment.blob]) }
    }

    package func overview(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentOverview? {
        try await reading { [self] database in
            guard let record = try record(environment, database) else { return nil }
            return EnvironmentOverview(
                record: record, census: try census(environment, database),
                contents: try Self.contents(database, "environment = ?", [environment.blob]))
        }
    }

    private func census(_ environment: EnvironmentID, _ database: Database) throws -> [CensusEntry] {
        let counts = try Row.fetchAll(
            database, sql: "SELECT version, COUNT(*) FROM wraps WHERE environment = ? GROUP BY version", arguments: [environment.blob])
        let keys = Dictionary(counts.map { ($0[0] as Int64? ?? 0, $0[1] as Int? ?? 0) }, uniquingKeysWith: +)
        return try environmentKeyRows.all(database, Self.liveVersions, [environment.blob]).map { row in
            CensusEntry(
                version: row.record.version, mainKey: row.record.mainKey, generation: row.record.generation,
                keys: keys[Int64(row.record.version.number)] ?? 0)
        }
    }

    static func contents(_ database: Database, _ condition: String, _ arguments: [DatabaseValue]) throws -> EnvironmentContents {
        let rows = try Row.fetchAll(
            database, sql: "SELECT kind, COUNT(*), MIN(hour), MAX(hour) FROM keys WHERE \(condition) GROUP BY kind",
            arguments: StatementArguments(arguments))
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

    private static let liveVersions = "environment = ? AND retired IS NULL ORDER BY version"

    /// The row of an environment that a change goes on from.
    /// - Throws: `KeyStoreError` with `.missing`, or `RowDamage`.
    func environmentRow(_ id: EnvironmentID, _ database: Database) throws -> EnvironmentRow {
        guard let row = try environmentRows.first(database, "id = ?", [id.blob]) else {
            throw KeyStoreError(.missing, "The environment is not there any more.", remedy: "It was deleted meanwhile.")
        }
        return row
    }

    /// Changes an environment's own row; one transaction.
    func change(_ environment: EnvironmentID, _ body: @escaping @Sendable (inout EnvironmentRow) -> Void) async throws(KeyStoreError) {
        try await writing { [self] database in
            var row = try environmentRow(environment, database)
            body(&row)
            try environmentRows.update(row, database)
        }
    }

    static func exists(_ database: Database, _ sql: String, _ arguments: [DatabaseValue]) throws -> Bool {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: StatementArguments(arguments)) != nil
    }
}
