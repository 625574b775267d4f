internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func contents(
        of environment: EnvironmentID, under subject: ErasureRecord.Subject
    ) async throws(KeyStoreError) -> EnvironmentContents {
        try await reading { database in
            guard try Self.isThere(environment, database) else { return EnvironmentContents() }
            return try LiveKeys(of: environment, database).contents(subject.condition, [subject.argument], database)
        }
    }

    /// Fixes what the erasure takes.
    func begin(_ erasure: ErasureRecord, of environment: EnvironmentID, _ database: Database) throws {
        guard erasure.environment == environment else { throw KeyStoreError.anothersErasure }
        guard try !Self.exists(database, "SELECT 1 FROM receipts WHERE erasure = ?", [erasure.id.blob]) else {
            throw KeyStoreError(.exists, "This erasure has its receipt already.", remedy: "Begin another.")
        }
        // How long a doubt lasted decides here, and the statement below cannot verify it.
        _ = try doubtRows.all(database, "TRUE", [])
        if var row = try erasureRows.first(database, "id = ?", [erasure.id.blob]) {
            guard row.record.environment == environment, row.record.widen(to: erasure.subject) else { throw KeyStoreError.anothersErasure }
            try erasureRows.update(row, database)
        } else {
            try erasureRows.insert(ErasureRow(erasure), database)
        }
        try erasure.take(database)
    }

    package func eraseKeys(_ erasure: ErasureID, limit: Int, at now: WallTime) async throws(KeyStoreError) -> [Tombstone] {
        try await writing { [self] database in
            let erasure = try openErasure(erasure, database)
            var gone: [Tombstone] = []
            while gone.count < limit {
                let keys = try Row.fetchAll(
                    database.cachedStatement(
                        sql: "SELECT key FROM erasure_keys WHERE environment = ? AND erasure = ? ORDER BY key LIMIT ?"),
                    arguments: [erasure.environment.blob, erasure.id.blob, limit - gone.count]
                ).compactMap { $0.bytes(0) }
                guard !keys.isEmpty else { break }
                for key in keys {
                    if let tombstone = try erase(key.blob, for: erasure, at: now, database) { gone.append(tombstone) }
                    try database.cachedStatement(sql: "DELETE FROM erasure_keys WHERE environment = ? AND erasure = ? AND key = ?")
                        .execute(arguments: [erasure.environment.blob, erasure.id.blob, key.blob])
                }
            }
            return gone
        }
    }

    /// - Returns: nil where the key was erased before; a row of it that came back goes all the same.
    private func erase(_ key: DatabaseValue, for erasure: ErasureRecord, at now: WallTime, _ database: Database) throws -> Tombstone? {
        if try Self.exists(database, "SELECT 1 FROM tombstones WHERE key = ?", [key]) {
            try remove(key, of: erasure.environment, database)
            return nil
        }
        guard let row = try keyRows.first(database, "id = ? AND environment = ?", [key, erasure.environment.blob]) else { return nil }
        var tombstone = Tombstone(
            key: row.id, environment: row.environment, kind: row.purpose.kind, erasure: erasure.id, erasedAt: now)
        if case .hourly(let hour) = row.purpose { tombstone.hour = hour }
        try remove(key, of: erasure.environment, database)
        try tombstoneRows.insert(TombstoneRow(tombstone), database)
        return tombstone
    }

    package func finishErasure(_ receipt: SignedReceipt) async throws(KeyStoreError) {
        try await writing(
            isKept: { database in
                try Self.exists(database, "SELECT 1 FROM receipts WHERE erasure = ?", [receipt.erasure.blob])
            },
            { [self] database in
                guard try openErasure(receipt.erasure, database).environment == receipt.environment else {
                    throw KeyStoreError.anothersErasure
                }
                let rest = "SELECT 1 FROM erasure_keys WHERE environment = ? AND erasure = ?"
                guard try !Self.exists(database, rest, [receipt.environment.blob, receipt.erasure.blob]) else {
                    throw KeyStoreError(.missing, "The erasure has keys left to delete.", remedy: "Go on until none is left.")
                }
                let number = try Int64.fetchOne(database, sql: "SELECT COALESCE(MAX(number), 0) + 1 FROM receipts") ?? 1
                try receiptRows.insert(ReceiptRow(receipt, number: number), database)
                try database.execute(sql: "DELETE FROM erasures WHERE id = ?", arguments: [receipt.erasure.blob])
            })
    }

    package func openErasures() async throws(KeyStoreError) -> [ErasureRecord] {
        try await reading { [erasureRows] database in
            try erasureRows.all(database, "TRUE ORDER BY started_at, id", []).map(\.record)
        }
    }

    package func tombstones(of erasure: ErasureID, after cursor: KeyID?, limit: Int) async throws(KeyStoreError) -> [Tombstone] {
        try await reading { [tombstoneRows] database in
            try tombstoneRows.all(
                database,
                """
                erasure = ? AND key > ? AND EXISTS (SELECT 1 FROM environments WHERE environments.id = tombstones.environment)
                ORDER BY key LIMIT \(limit)
                """, [erasure.blob, cursor?.blob ?? ([] as [UInt8]).blob]
            ).map(\.record)
        }
    }

    package func tombstone(of key: KeyID, in environment: EnvironmentID) async throws(KeyStoreError) -> Tombstone? {
        try await reading { [tombstoneRows] database in
            guard try Self.isThere(environment, database) else { return nil }
            return try tombstoneRows.first(database, "key = ? AND environment = ?", [key.blob, environment.blob])?.record
        }
    }

    package func receipts(of environment: EnvironmentID) async throws(KeyStoreError) -> [SignedReceipt] {
        try await reading { [receiptRows] database in
            try receiptRows.all(database, "environment = ? ORDER BY number", [environment.blob]).map(\.record)
        }
    }

    package func receipt(_ erasure: ErasureID) async throws(KeyStoreError) -> SignedReceipt? {
        try await reading { [receiptRows] database in try receiptRows.first(database, "erasure = ?", [erasure.blob])?.record }
    }

    private func openErasure(_ id: ErasureID, _ database: Database) throws -> ErasureRecord {
        guard let row = try erasureRows.first(database, "id = ?", [id.blob]) else {
            throw KeyStoreError(
                .missing, "There is no such erasure under way.", remedy: "It has its receipt, or its environment was deleted.")
        }
        return row.record
    }
}

extension KeyStoreError {
    fileprivate static let anothersErasure = Self(
        .failed, "An erasure or receipt does not fit the one that is under way.", remedy: "This is a mistake of ekmd's; please report it.")
}

extension ErasureRecord {
    /// Fixes the keys that the erasure takes: those of its subject now, without the ones that it has already.
    func take(_ database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO erasure_keys (environment, erasure, key)
                SELECT environment, ?3, id FROM keys WHERE environment = ?1 AND \(subject.condition)
                AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.key = keys.id)
                """, arguments: [environment.blob, subject.argument, id.blob])
    }
}

extension ErasureRecord.Subject {
    /// Which keys of the environment ?1 it takes, by ``argument`` as ?2.
    fileprivate var condition: String {
        let doubtEnd = "(SELECT ended_at FROM doubts WHERE number = "
        return switch self {
        case .before:
            // What was made in doubt counts from when belief returned. In rows of schema version 2, which knows no doubts, a key whose
            // hour is not that of its making, or the next, was made while the clock was wrong: its hour may never come, so that an
            // hour from its making counts.
            """
            kind = 2 AND ?2 >= CASE WHEN doubt IS NOT NULL THEN \(doubtEnd)keys.doubt) + 3600
            WHEN hour BETWEEN created_at / 3600 AND created_at / 3600 + 1 THEN (hour + 1) * 3600 ELSE created_at + 3600 END
            """
        case .connection: "kind = 3 AND connection = ?2"
        case .logs:
            """
            kind = 4 AND EXISTS (SELECT 1 FROM keys newer WHERE newer.environment = ?1 AND newer.kind = 4
            AND newer.version > keys.version
            AND ?2 >= CASE WHEN newer.doubt IS NULL THEN newer.created_at ELSE \(doubtEnd)newer.doubt) END
            AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.key = newer.id))
            """
        }
    }

    fileprivate var argument: DatabaseValue {
        switch self {
        case .before(let time), .logs(before: let time): time.seconds.databaseValue
        case .connection(let connection): connection.bytes.blob
        }
    }
}
