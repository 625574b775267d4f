internal import FoundationEssentials
internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func repackBatch(
        of environment: EnvironmentID, to target: EnvironmentKeyVersion, after cursor: KeyID?, limit: Int
    ) async throws(KeyStoreError) -> RepackBatch {
        try await reading { database in
            let versions = try Int64.fetchAll(
                database, sql: "SELECT version FROM environment_keys WHERE environment = ? AND retired IS NULL ORDER BY version",
                arguments: [environment.blob])
            var batch = RepackBatch(items: [], cursor: nil)
            var reached = cursor
            // Where all have been moved, the next ones are looked at too, so that a second round takes fewer calls.
            for _ in 0..<8 where batch.items.isEmpty {
                var window = try Window(database, of: environment, after: reached, limit: limit)
                guard let last = window.last else { break }
                for version in versions { try window.read(version, isTarget: version == Int64(target.number), database) }
                try window.leaveOutErased(database)
                batch.items = window.items
                reached = last
                batch.cursor = last
            }
            return batch
        }
    }

    package func move(
        _ keys: [MovedKey], of environment: EnvironmentID, to target: EnvironmentKeyVersion, cursor: KeyID?
    ) async throws(KeyStoreError) -> RepackRecord {
        try await writing { [self] database in
            var repack = try repackRow(of: environment, database)
            guard repack.record.target == target, repack.record.state == .running else { throw KeyStoreError.noRepack }
            // Erased keys are left out by the SELECT, those that were moved before by the conflict.
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO wraps (environment, version, key, bytes)
                    SELECT environment, ?, id, ? FROM keys WHERE id = ? AND environment = ? ON CONFLICT DO NOTHING
                    """)
            let (version, place) = (target.value, environment.blob)
            for key in keys {
                try statement.execute(arguments: [version, key.bytes.blob, key.key.blob, place])
                repack.record.moved += database.changesCount
            }
            repack.record.cursor = cursor
            try repackRows.update(repack, database)
            return repack.record
        }
    }

    func repackRow(of environment: EnvironmentID, _ database: Database) throws -> RepackRow {
        guard let row = try repackRows.first(database, "environment = ?", [environment.blob]) else { throw KeyStoreError.noRepack }
        return row
    }

    /// Keeps a repack in the place of any other; the environment's row is for the caller to write.
    func begin(_ repack: RepackRecord, of environment: inout EnvironmentRow, _ database: Database) throws {
        try endRepack(of: &environment, database)
        try repackRows.insert(RepackRow(repack, of: environment.identity.id), database)
        environment.repackTarget = repack.target
    }

    func endRepack(of environment: inout EnvironmentRow, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM repacks WHERE environment = ?", arguments: [environment.identity.id.blob])
        environment.repackTarget = nil
    }
}

extension KeyStoreError {
    static let noRepack = Self(
        .missing, "There is no such repack any more.", remedy: "It ended, was cancelled, or another took its place.")
}

/// Keys that follow each other by their ids, with their wraps: tables that lie in this order are read from one end to the other.
///
/// The keys' rows are not verified here: the wraps' encryption binds kind, id, environment and version, so that what was
/// changed does not open when it is to be moved.
private struct Window {
    private let environment: DatabaseValue
    private let from: DatabaseValue
    private var keys: [RepackBatch.Item] = []
    /// Those that have a wrap under the target, or a tombstone.
    private var isDone: [Bool] = []

    init(_ database: Database, of environment: EnvironmentID, after cursor: KeyID?, limit: Int) throws {
        self.environment = environment.blob
        from = cursor?.blob ?? Data().databaseValue
        keys.reserveCapacity(limit)
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: "SELECT id, kind FROM keys INDEXED BY keys_by_id WHERE environment = ? AND id > ? ORDER BY id LIMIT ?"),
            arguments: [self.environment, from, limit])
        while let row = try rows.next() {
            guard let kind = KeyKind(rawValue: UInt8(clamping: row[1] as Int64? ?? 0)) else {
                throw RowDamage(table: KeyRow.table, reason: .unreadable)
            }
            keys.append(RepackBatch.Item(key: try Self.key(row), kind: kind, wraps: []))
        }
        isDone = [Bool](repeating: false, count: keys.count)
    }

    /// The last key that was visited.
    var last: KeyID? { keys.last?.key }

    /// Adds the wraps under one version.
    mutating func read(_ version: Int64, isTarget: Bool, _ database: Database) throws {
        guard let last else { return }
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: "SELECT key, bytes FROM wraps WHERE environment = ? AND version = ? AND key > ? AND key <= ? ORDER BY key"),
            arguments: [environment, version, from, last.blob])
        let number = EnvironmentKeyVersion(number: UInt32(clamping: version))
        var place = 0
        while let row = try rows.next() {
            let key = try Self.key(row)
            while place < keys.count, keys[place].key < key { place += 1 }
            guard place < keys.count, keys[place].key == key else { continue }
            if isTarget {
                isDone[place] = true
            } else {
                keys[place].wraps.append(Wrap(version: number, bytes: try Self.bytes(row)))
            }
        }
    }

    /// Passes over keys that came back from a backup.
    mutating func leaveOutErased(_ database: Database) throws {
        guard let last else { return }
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT key FROM tombstones INDEXED BY tombstones_by_environment
                    WHERE environment = ? AND key > ? AND key <= ? ORDER BY key
                    """), arguments: [environment, from, last.blob])
        var place = 0
        while let row = try rows.next() {
            let key = try Self.key(row)
            while place < keys.count, keys[place].key < key { place += 1 }
            if place < keys.count, keys[place].key == key { isDone[place] = true }
        }
    }

    /// The keys that are to be moved.
    var items: [RepackBatch.Item] { keys.indices.filter { !isDone[$0] }.map { keys[$0] } }

    private static func key(_ row: Row) throws -> KeyID {
        guard let data = row[0] as Data?, let key = KeyID([UInt8](data)) else { throw RowDamage(table: KeyRow.table, reason: .unreadable) }
        return key
    }

    private static func bytes(_ row: Row) throws -> [UInt8] {
        guard let data = row[1] as Data?, data.count <= Limits.wrap else { throw RowDamage(table: "wraps", reason: .unreadable) }
        return [UInt8](data)
    }
}
