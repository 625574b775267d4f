internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    /// How many live keys have no wrap under the repack's target; 0 where there is no repack.
    func keysLeftByRepack(of environment: EnvironmentID) async throws(KeyStoreError) -> Int {
        try await reading { [self] database in
            guard let repack = try repackRows.first(database, "environment = ?", [environment.blob]) else { return 0 }
            return try Self.keysWithout(repack.record.target, of: environment, database)
        }
    }

    func finishRepack(of row: inout EnvironmentRow, lacking seen: Int, _ database: Database) throws -> Bool {
        let environment = row.identity.id
        let target = try repackRow(of: environment, database).record.target
        let keys = try Self.count(database, "SELECT COUNT(*) FROM keys WHERE environment = ?", [environment.blob])
        let wraps = try Self.count(
            database, "SELECT COUNT(*) FROM wraps WHERE environment = ? AND version = ?", [environment.blob, target.value])
        var lacking = seen
        if keys > wraps { lacking = try max(lacking, Self.keysWithout(target, of: environment, database)) }
        guard lacking == 0 else { throw KeyStoreError.wouldLose(lacking) }
        try retire(of: environment, database) { $0 != target }
        try endRepack(of: &row, database)
        return true
    }

    func cancelRepack(of row: inout EnvironmentRow, at now: WallTime, _ database: Database) throws -> Bool {
        let environment = row.identity.id
        let repack = try repackRow(of: environment, database).record
        guard repack.cause == .replacement else {
            throw KeyStoreError(
                .failed, "This repack follows a rotation, and only that of a replacement can be cancelled.",
                remedy: "Let it end: the main key has a new generation already.")
        }
        let previous = try liveVersion(repack.previous, of: environment, database).record
        let lacking = try Self.count(
            database,
            """
            SELECT COUNT(*) FROM keys INDEXED BY keys_by_id WHERE environment = ?1 AND NOT EXISTS
            (SELECT 1 FROM wraps WHERE environment = ?1 AND key = keys.id AND version IN
            (SELECT version FROM environment_keys WHERE environment = ?1 AND retired IS NULL AND version <> ?2))
            AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.key = keys.id)
            """, [environment.blob, repack.target.value])
        guard lacking == 0 else { throw KeyStoreError.wouldLose(lacking) }
        try retire(of: environment, database) { $0 == repack.target }
        try endRepack(of: &row, database)
        if previous.mainKey != row.mainKey {
            try setRole(.former, of: row.mainKey, in: environment, database)
            try setRole(.current, of: previous.mainKey, in: environment, database)
        }
        row.mainKey = previous.mainKey
        row.currentVersion = repack.previous
        row.keyFloor = min(row.keyFloor, repack.previous)
        if let other = try otherVersion(than: repack.previous, of: environment, database) {
            let total = try Self.count(
                database,
                "SELECT (SELECT COUNT(*) FROM keys WHERE environment = ?1) - COUNT(*) FROM wraps WHERE environment = ?1 AND version = ?2",
                [environment.blob, repack.previous.value])
            try begin(
                RepackRecord(target: repack.previous, previous: other, cause: .rotation, startedAt: now, total: total), of: &row,
                database)
        }
        return true
    }

    package func sweepRetired(of environment: EnvironmentID, limit: Int) async throws(KeyStoreError) -> Sweep {
        let place = environment.blob
        // Nothing to do is the rule, and costs the writer nothing.
        let isDue = try await reading { database in
            try Self.exists(database, "SELECT 1 FROM environment_keys WHERE environment = ? AND retired = 1 LIMIT 1", [place])
        }
        guard isDue else { return .idle }
        return try await writing { [self] database in
            var rest = limit
            for version in try environmentKeyRows.all(database, "environment = ? AND retired = 1 ORDER BY version", [place]) {
                let number = version.record.version.value
                rest -= try deleteWraps(
                    """
                    environment = ?1 AND version = ?2 AND key <= COALESCE((SELECT key FROM wraps WHERE environment = ?1 AND version = ?2
                    ORDER BY key LIMIT 1 OFFSET ?3), X'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF')
                    """, [place, number, (rest - 1).databaseValue], database)
                guard rest > 0 else { return .more }
                try database.execute(sql: "DELETE FROM environment_keys WHERE environment = ? AND version = ?", arguments: [place, number])
            }
            let gone = try Row.fetchAll(
                database,
                sql: """
                    DELETE FROM main_keys WHERE environment = ?1 AND role = 'former'
                    AND id NOT IN (SELECT main_key FROM environment_keys WHERE environment = ?1) RETURNING sealed_material
                    """, arguments: [place])
            try deleted.delete(gone.compactMap { $0.bytes(0) }, database)
            return .ended
        }
    }

    private static func keysWithout(
        _ target: EnvironmentKeyVersion, of environment: EnvironmentID, _ database: Database
    ) throws -> Int {
        try count(
            database,
            """
            SELECT COUNT(*) FROM keys INDEXED BY keys_by_id WHERE environment = ?1 AND NOT EXISTS
            (SELECT 1 FROM wraps WHERE environment = ?1 AND version = ?2 AND key = keys.id)
            AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.key = keys.id)
            """, [environment.blob, target.value])
    }

    private func retire(of environment: EnvironmentID, _ database: Database, where isRetired: (EnvironmentKeyVersion) -> Bool) throws {
        for var row in try environmentKeyRows.all(database, "environment = ? AND retired IS NULL", [environment.blob])
        where isRetired(row.record.version) {
            try deleted.delete([row.record.wrapped], database)
            row.retire()
            try environmentKeyRows.update(row, database)
        }
    }

    /// The newest version beside one; nil when that is the only one.
    private func otherVersion(
        than version: EnvironmentKeyVersion, of environment: EnvironmentID, _ database: Database
    ) throws -> EnvironmentKeyVersion? {
        try environmentKeyRows.first(
            database, "environment = ? AND version <> ? AND retired IS NULL ORDER BY version DESC LIMIT 1",
            [environment.blob, version.value])?
            .record.version
    }
}

extension KeyStoreError {
    static func wouldLose(_ keys: Int) -> Self {
        Self(.wouldLose, "\(keys) keys would be left without a wrap.", remedy: "Move them first.", count: keys)
    }
}
