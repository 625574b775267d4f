internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func adopt(_ adoption: Adoption, of environment: EnvironmentID) async throws(KeyStoreError) {
        try await writing { [self] database in
            var row = try environmentRow(environment, database)
            let version = adoption.environmentKey.version
            guard version > row.newestVersion else {
                throw KeyStoreError(
                    .exists, "Version \(version) of the environment's key was made already: another change was first.",
                    remedy: "Look at the main key, then try again if it is still needed.")
            }
            if let mainKey = adoption.mainKey {
                try setRole(.former, of: row.mainKey, in: environment, database)
                try deletePending(of: environment, database)
                try mainKeyRows.insert(MainKeyRow(mainKey, of: environment), database)
                row.mainKey = mainKey.id
                row.pendingMainKey = nil
            }
            try environmentKeyRows.insert(EnvironmentKeyRow(adoption.environmentKey, of: environment), database)
            row.currentVersion = version
            row.newestVersion = version
            row.replacedAt = adoption.replacedAt ?? row.replacedAt
            row.keyFloor = adoption.keyFloor ?? row.keyFloor
            var repack = adoption.repack
            repack.total = try Self.count(database, "SELECT COUNT(*) FROM keys WHERE environment = ?", [environment.blob])
            try begin(repack, of: &row, database)
            try environmentRows.update(row, database)
        }
    }

    package func rewrap(_ key: EnvironmentKeyRecord, of environment: EnvironmentID) async throws(KeyStoreError) {
        try await writing { [self] database in
            var row = try liveVersion(key.version, of: environment, database)
            row.record.wrapped = key.wrapped
            row.record.generation = key.generation
            row.record.wrappedAt = key.wrappedAt
            try environmentKeyRows.update(row, database)
        }
    }

    package func setPending(_ mainKey: MainKeyRecord?, of environment: EnvironmentID) async throws(KeyStoreError) {
        try await writing { [self] database in
            var row = try environmentRow(environment, database)
            try deletePending(of: environment, database)
            if let mainKey { try mainKeyRows.insert(MainKeyRow(mainKey, of: environment, role: .pending), database) }
            row.pendingMainKey = mainKey?.id
            try environmentRows.update(row, database)
        }
    }

    package func setMaterial(_ sealed: [UInt8]?, of mainKey: MainKeyID, in environment: EnvironmentID) async throws(KeyStoreError) {
        try await writing { [self] database in
            var row = try mainKeyRow(mainKey, of: environment, database)
            row.record.sealedMaterial = sealed
            try mainKeyRows.update(row, database)
        }
        if sealed == nil { try await emptyLog(after: "The material is destroyed") }
    }

    package func setLock(_ lock: EnvironmentLock?, of environment: EnvironmentID) async throws(KeyStoreError) {
        try await change(environment) { $0.lock = lock }
    }

    package func setRetention(_ retention: Retention, of environment: EnvironmentID) async throws(KeyStoreError) {
        try await change(environment) { $0.retention = retention }
    }

    package func clockTick() async throws(KeyStoreError) -> ClockTick? {
        try await reading { [clockRows] database in try clockRows.first(database, "id = 1", [])?.tick }
    }

    package func keep(_ tick: ClockTick) async throws(KeyStoreError) {
        try await writing { [clockRows] database in
            // Not read first: a row that does not verify is only to be written over.
            try database.execute(sql: "DELETE FROM clock")
            try clockRows.insert(ClockRow(tick), database)
        }
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

    private func deletePending(of environment: EnvironmentID, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM main_keys WHERE environment = ? AND role = 'pending'", arguments: [environment.blob])
    }

    static func count(_ database: Database, _ sql: String, _ arguments: [DatabaseValue]) throws -> Int {
        try Int.fetchOne(database.cachedStatement(sql: sql), arguments: StatementArguments(arguments)) ?? 0
    }
}
