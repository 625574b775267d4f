internal import GRDB
internal import KeyHierarchy

extension SQLiteStore {
    func adopt(_ adoption: Adoption, of row: inout EnvironmentRow, _ database: Database) throws -> Bool {
        let environment = row.identity.id
        let version = adoption.environmentKey.version
        guard version > row.newestVersion else {
            throw KeyStoreError(
                .exists, "Version \(version) of the environment's key was made already: another change was first.",
                remedy: "Look at the main key, then try again if it is still needed.")
        }
        if let generation = GenerationRow(adoption.environmentKey, of: environment) {
            guard try find(generation, database) == nil else {
                throw KeyStoreError(
                    .exists, "The environment's key was wrapped by this generation of its main key before.",
                    remedy: "The KMS answers with an old generation; look at the main key again.")
            }
            try generationRows.insert(generation, database)
        }
        var isPurgeDue = false
        if adoption.endsPending {
            isPurgeDue = try deletePending(of: environment, database)
            row.pendingMainKey = nil
        }
        if var mainKey = adoption.mainKey {
            mainKey.createdAt = try numbered(mainKey.createdAt, database)
            try setRole(.former, of: row.mainKey, in: environment, database)
            try mainKeyRows.insert(MainKeyRow(mainKey, of: environment), database)
            if let sealed = mainKey.sealedMaterial { deleted.keep(sealed) }
            row.mainKey = mainKey.id
        }
        try environmentKeyRows.insert(EnvironmentKeyRow(adoption.environmentKey, of: environment), database)
        row.currentVersion = version
        row.newestVersion = version
        if let replacedAt = adoption.replacedAt {
            row.replacedAt = try numbered(replacedAt, database)
            row.isWaived = adoption.isWaived
        }
        row.keyFloor = adoption.keyFloor ?? row.keyFloor
        var repack = adoption.repack
        repack.total = try Self.count(database, "SELECT COUNT(*) FROM keys WHERE environment = ?", [environment.blob])
        try begin(repack, of: &row, database)
        return isPurgeDue
    }

    func rewrap(_ key: EnvironmentKeyRecord, of environment: EnvironmentID, _ database: Database) throws -> Bool {
        var row = try liveVersion(key.version, of: environment, database)
        try deleted.delete([row.record.wrapped], database)
        row.record.wrapped = key.wrapped
        row.record.generation = key.generation
        row.record.wrappedAt = key.wrappedAt
        try environmentKeyRows.update(row, database)
        try remember(row.record, of: environment, database)
        return true
    }

    func setMaterial(_ sealed: [UInt8]?, of mainKey: MainKeyID, in environment: EnvironmentID, _ database: Database) throws -> Bool {
        var row = try mainKeyRow(mainKey, of: environment, database)
        let old = row.record.sealedMaterial
        if let old { try deleted.delete([old], database) }
        row.record.sealedMaterial = sealed
        if let sealed { deleted.keep(sealed) }
        try mainKeyRows.update(row, database)
        return old != nil
    }

    /// Notes that a version was made under its generation, unless that is known.
    func remember(_ key: EnvironmentKeyRecord, of environment: EnvironmentID, _ database: Database) throws {
        guard let generation = GenerationRow(key, of: environment), try find(generation, database) == nil else { return }
        try generationRows.insert(generation, database)
    }

    private func find(_ row: GenerationRow, _ database: Database) throws -> GenerationRow? {
        try generationRows.first(
            database, "environment = ? AND main_key = ? AND generation = ?",
            [row.environment.blob, row.mainKey.blob, row.generation.name.databaseValue])
    }

    func mainKeyRow(_ id: MainKeyID, of environment: EnvironmentID, _ database: Database) throws -> MainKeyRow {
        guard let row = try mainKeyRows.first(database, "id = ? AND environment = ?", [id.blob, environment.blob]) else {
            throw KeyStoreError(.missing, "There is no such main key any more.", remedy: "Look at the environment's main key again.")
        }
        return row
    }

    /// A version of the environment's key that was not retired.
    func liveVersion(_ version: EnvironmentKeyVersion, of environment: EnvironmentID, _ database: Database) throws -> EnvironmentKeyRow {
        guard
            let row = try environmentKeyRows.first(
                database, "environment = ? AND version = ? AND retired IS NULL", [environment.blob, version.value])
        else {
            throw KeyStoreError(
                .missing, "Version \(version) of the environment's key is not there any more.", remedy: "Look at the environment again.")
        }
        return row
    }

    /// Only one main key of an environment may be current at any moment: take the old one back first.
    func setRole(_ role: MainKeyRow.Role, of mainKey: MainKeyID, in environment: EnvironmentID, _ database: Database) throws {
        var row = try mainKeyRow(mainKey, of: environment, database)
        row.role = role
        try mainKeyRows.update(row, database)
    }

    /// - Returns: whether material went with it.
    func deletePending(of environment: EnvironmentID, _ database: Database) throws -> Bool {
        let condition = "environment = ? AND role = 'pending'"
        let gone = try Row.fetchAll(
            database, sql: "DELETE FROM main_keys WHERE \(condition) RETURNING sealed_material", arguments: [environment.blob])
        let material = gone.compactMap { $0.bytes(0) }
        try deleted.delete(material, database)
        return !material.isEmpty
    }

    static func count(_ database: Database, _ sql: String, _ arguments: [DatabaseValue]) throws -> Int {
        try Int.fetchOne(database.cachedStatement(sql: sql), arguments: StatementArguments(arguments)) ?? 0
    }
}
