internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func finishRepack(of environment: EnvironmentID) async throws(KeyStoreError) -> Int {
        // Key by key first, where nobody waits: the transaction below compares sums.
        let seen = try await reading { [self] database in
            try Self.count(
                database,
                """
                SELECT COUNT(*) FROM keys INDEXED BY keys_by_id WHERE environment = ?1 AND NOT EXISTS
                (SELECT 1 FROM wraps WHERE environment = ?1 AND version = ?2 AND key = keys.id)
                """, [environment.blob, repackRow(of: environment, database).record.target.value])
        }
        return try await writing { [self] database in
            var row = try environmentRow(environment, database)
            var repack = try repackRow(of: environment, database)
            let keys = try Self.count(database, "SELECT COUNT(*) FROM keys WHERE environment = ?", [environment.blob])
            let wraps = try Self.count(
                database, "SELECT COUNT(*) FROM wraps WHERE environment = ? AND version = ?",
                [environment.blob, repack.record.target.value])
            let lacking = max(keys - wraps, seen)
            guard lacking == 0 else {
                repack.record.cursor = nil
                try repackRows.update(repack, database)
                return lacking
            }
            try retire(of: environment, database) { $0 != repack.record.target }
            try endRepack(of: &row, database)
            try environmentRows.update(row, database)
            return 0
        }
    }

    package func cancelRepack(of environment: EnvironmentID, at now: WallTime) async throws(KeyStoreError) -> Int {
        try await writing { [self] database in
            var row = try environmentRow(environment, database)
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
                """, [environment.blob, repack.target.value])
            guard lacking == 0 else { return lacking }
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
            try environmentRows.update(row, database)
            return 0
        }
    }

    package func sweepRetired(of environment: EnvironmentID, limit: Int) async throws(KeyStoreError) -> Bool {
        let place = environment.blob
        // Nothing to do is the rule, and costs the writer nothing.
        let isDue = try await reading { database in
            try Self.exists(database, "SELECT 1 FROM environment_keys WHERE environment = ? AND retired = 1 LIMIT 1", [place])
        }
        guard isDue else { return false }
        let mayBeMore = try await writing { [self] database in
            var rest = limit
            for version in try environmentKeyRows.all(database, "environment = ? AND retired = 1 ORDER BY version", [place]) {
                let number = version.record.version.value
                try database.execute(
                    sql: """
                        DELETE FROM wraps WHERE environment = ?1 AND version = ?2 AND key <= COALESCE(
                        (SELECT key FROM wraps WHERE environment = ?1 AND version = ?2 ORDER BY key LIMIT 1 OFFSET ?3), X'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF')
                        """, arguments: [place, number, rest - 1])
                rest -= database.changesCount
                guard rest > 0 else { return true }
                try database.execute(sql: "DELETE FROM environment_keys WHERE environment = ? AND version = ?", arguments: [place, number])
            }
            try database.execute(
                sql: """
                    DELETE FROM main_keys WHERE environment = ?1 AND role = 'former'
                    AND id NOT IN (SELECT main_key FROM environment_keys WHERE environment = ?1)
                    """, arguments: [place])
            return false
        }
        if !mayBeMore { try await emptyLog(after: "The old wraps are deleted") }
        return mayBeMore
    }

    private func retire(of environment: EnvironmentID, _ database: Database, where isRetired: (EnvironmentKeyVersion) -> Bool) throws {
        for var row in try environmentKeyRows.all(database, "environment = ? AND retired IS NULL", [environment.blob])
        where isRetired(row.record.version) {
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
