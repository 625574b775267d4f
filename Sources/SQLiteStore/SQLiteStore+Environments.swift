internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func environments() async throws(KeyStoreError) -> [EnvironmentRecord] {
        let pages = try await reading { database in try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0 }
        return try await environments(in: EnvironmentSpan.all(pages: pages))
    }

    func environments(in spans: [EnvironmentSpan]) async throws(KeyStoreError) -> [EnvironmentRecord] {
        // A few at a time: neither all rows nor all cores.
        let workers = min(3, spans.count)
        let parts = await withTaskGroup(of: Result<[EnvironmentRecord], KeyStoreError>.self) { group in
            for first in 0..<workers {
                group.addTask {
                    var records: [EnvironmentRecord] = []
                    do throws(KeyStoreError) {
                        for place in stride(from: first, to: spans.count, by: workers) {
                            records += try await self.environments(in: spans[place])
                        }
                        return .success(records)
                    } catch { return .failure(error) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var records: [EnvironmentRecord] = []
        for part in parts { records += try part.get() }
        // Records are large: their places are cheaper to sort.
        let order = records.map(\.identity.name).enumerated().sorted { $0.element < $1.element }
        return order.map { records[$0.offset] }
    }

    /// Those of one span, as of one moment.
    private func environments(in span: EnvironmentSpan) async throws(KeyStoreError) -> [EnvironmentRecord] {
        try await reading { [self] database in
            let (theirs, arguments) = (span.condition(on: "environment"), span.arguments)
            let assembly = EnvironmentAssembly(
                mainKeys: try mainKeyRows.readings(database, theirs, arguments),
                environmentKeys: try environmentKeyRows.readings(database, theirs, arguments),
                repacks: try repackRows.readings(database, theirs, arguments), doubts: try doubtRows.readings(database))
            return try environmentRows.readings(database, span.condition(on: "id"), arguments).map(assembly.record)
        }
    }

    package func environment(_ id: EnvironmentID) async throws(KeyStoreError) -> EnvironmentRecord? {
        try await reading { [self] database in try record(id, database) }
    }

    func record(_ id: EnvironmentID, _ database: Database) throws -> EnvironmentRecord? {
        guard let row = try environmentRows.readings(database, "id = ?", [id.blob]).first else { return nil }
        let ours = "environment = ?"
        let mainKeys = try mainKeyRows.readings(database, ours, [id.blob])
        let stamps = [row.row?.replacedAt] + mainKeys.map { $0.row?.record.createdAt }
        let doubts = Set(stamps.compactMap { $0?.doubt?.number })
        let assembly = EnvironmentAssembly(
            mainKeys: mainKeys, environmentKeys: try environmentKeyRows.readings(database, ours, [id.blob]),
            repacks: try repackRows.readings(database, ours, [id.blob]),
            doubts: try doubts.flatMap { try doubtRows.readings(database, "number = ?", [Int64($0).databaseValue]) })
        return assembly.record(row)
    }

    package func create(_ environment: EnvironmentRecord) async throws(KeyStoreError) {
        let id = environment.identity.id
        try environment.check()
        try await inserting(
            for: nil,
            isKept: { database in
                try Self.exists(database, "SELECT 1 FROM environments WHERE id = ?", [id.blob])
            },
            { [self] database in
                let name = environment.identity.name.description
                guard try !Self.exists(database, "SELECT 1 FROM environments WHERE name = ?", [name.databaseValue]) else {
                    throw KeyStoreError(
                        .exists, "There is an environment of the name \(name) already.",
                        remedy: "Choose another name, or delete that one first.")
                }
                if var meta = try metaRows.first(database, "id = 1", []), meta.usedAt == nil {
                    meta.usedAt = environment.createdAt
                    try metaRows.update(meta, database)
                }
                for (mainKey, role) in [(environment.mainKey, MainKeyRow.Role.current)] + environment.formerMainKeys.map({ ($0, .former) })
                {
                    var mainKey = mainKey
                    mainKey.createdAt = try numbered(mainKey.createdAt, database)
                    try mainKeyRows.insert(MainKeyRow(mainKey, of: id, role: role), database)
                }
                if let pending = environment.pending { try mainKeyRows.insert(MainKeyRow(numbered(pending, database), of: id), database) }
                for key in environment.versions {
                    try environmentKeyRows.insert(EnvironmentKeyRow(key, of: id), database)
                    try remember(key, of: id, database)
                }
                var row = EnvironmentRow(environment)
                row.revision = .first
                if let replacedAt = row.replacedAt { row.replacedAt = try numbered(replacedAt, database) }
                try environmentRows.insert(row, database)
                if let repack = environment.repack { try repackRows.insert(RepackRow(repack, of: id), database) }
                try tell(id, row.revision, database)
            })
    }

    // MARK: Counts

    package func overview(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentOverview? {
        try await reading { [self] database in
            guard let record = try record(environment, database) else { return nil }
            let live = try LiveKeys(of: environment, database)
            return EnvironmentOverview(
                record: record, census: try census(environment, live, database), contents: try live.contents(database))
        }
    }

    package func contents(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentContents {
        try await reading { database in
            guard try Self.isThere(environment, database) else { return EnvironmentContents() }
            return try LiveKeys(of: environment, database).contents(database)
        }
    }

    private func census(_ environment: EnvironmentID, _ live: LiveKeys, _ database: Database) throws -> [CensusEntry] {
        let counts = try live.wrapsByVersion(database)
        return try environmentKeyRows.all(database, "environment = ? AND retired IS NULL ORDER BY version", [environment.blob]).map { row in
            CensusEntry(
                version: row.record.version, mainKey: row.record.mainKey, generation: row.record.generation,
                keys: counts[Int64(row.record.version.number)] ?? 0)
        }
    }

    /// The row of an environment that a change goes on from.
    /// - Throws: `KeyStoreError` with `.missing`, or `RowDamage`.
    func environmentRow(_ id: EnvironmentID, _ database: Database) throws -> EnvironmentRow {
        guard let row = try environmentRows.first(database, "id = ?", [id.blob]) else { throw KeyStoreError.noEnvironment }
        return row
    }

    static func isThere(_ environment: EnvironmentID, _ database: Database) throws -> Bool {
        try exists(database, "SELECT 1 FROM environments WHERE id = ?", [environment.blob])
    }

    static func exists(_ database: Database, _ sql: String, _ arguments: [DatabaseValue]) throws -> Bool {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: StatementArguments(arguments)) != nil
    }
}

extension KeyStoreError {
    static let noEnvironment = Self(.missing, "The environment is not there any more.", remedy: "It was deleted with everything below it.")
}
