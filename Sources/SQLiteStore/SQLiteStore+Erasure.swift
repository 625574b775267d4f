internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func contents(
        of environment: EnvironmentID, under subject: ErasureRecord.Subject
    ) async throws(KeyStoreError) -> EnvironmentContents {
        try await reading { database in
            try Self.contents(database, subject.condition, [environment.blob, subject.argument])
        }
    }

    package func beginErasure(_ erasure: ErasureRecord) async throws(KeyStoreError) {
        try await writing { [self] database in
            guard try Self.exists(database, "SELECT 1 FROM environments WHERE id = ?", [erasure.environment.blob]) else {
                throw KeyStoreError(.missing, "The environment is not there any more.", remedy: "It was deleted with everything below it.")
            }
            guard try !Self.exists(database, "SELECT 1 FROM erasures WHERE id = ?", [erasure.id.blob]) else {
                throw KeyStoreError(.exists, "This erasure was begun already.", remedy: "Wait for its receipt.")
            }
            try erasureRows.insert(ErasureRow(erasure), database)
            try database.execute(
                sql: "INSERT INTO erasure_keys (erasure, key) SELECT ?3, id FROM keys WHERE \(erasure.subject.condition)",
                arguments: [erasure.environment.blob, erasure.subject.argument, erasure.id.blob])
        }
    }

    package func eraseKeys(_ erasure: ErasureID, limit: Int, at now: WallTime) async throws(KeyStoreError) -> [Tombstone] {
        try await writing { [self] database in
            let erasure = try openErasure(erasure, database)
            // Others may have erased some of them meanwhile: the limit is that of those that are there.
            let keys = try keyRows.all(
                database,
                """
                id IN (SELECT taken.key FROM erasure_keys taken CROSS JOIN keys ON keys.id = taken.key
                WHERE taken.erasure = ?1 AND keys.environment = ?2 ORDER BY taken.key LIMIT \(limit))
                """, [erasure.id.blob, erasure.environment.blob])
            let wraps = try database.cachedStatement(
                sql: """
                    DELETE FROM wraps WHERE environment = ?1 AND key = ?2
                    AND version IN (SELECT version FROM environment_keys WHERE environment = ?1 UNION ALL SELECT 0)
                    """)
            let rows = try database.cachedStatement(sql: "DELETE FROM keys WHERE id = ?")
            let taken = try database.cachedStatement(sql: "DELETE FROM erasure_keys WHERE erasure = ? AND key = ?")
            return try keys.map { key in
                var tombstone = Tombstone(
                    key: key.id, environment: key.environment, kind: key.purpose.kind, erasure: erasure.id, erasedAt: now)
                if case .hourly(let hourly) = key.purpose { tombstone.hour = hourly.hour }
                try wraps.execute(arguments: [key.environment.blob, key.id.blob])
                try rows.execute(arguments: [key.id.blob])
                try taken.execute(arguments: [erasure.id.blob, key.id.blob])
                try tombstoneRows.insert(TombstoneRow(tombstone), database)
                return tombstone
            }
        }
    }

    package func finishErasure(_ receipt: SignedReceipt) async throws(KeyStoreError) {
        try await writing { [self] database in
            guard try openErasure(receipt.erasure, database).environment == receipt.environment else {
                throw KeyStoreError(
                    .failed, "The receipt is another environment's.", remedy: "This is a mistake of ekmd's; please report it.")
            }
            let number = try Int64.fetchOne(database, sql: "SELECT COALESCE(MAX(number), 0) + 1 FROM receipts") ?? 1
            try receiptRows.insert(ReceiptRow(receipt, number: number), database)
            for (table, place) in [("erasure_keys", "erasure"), (ErasureRow.table, "id")] {
                try database.execute(sql: "DELETE FROM \(table) WHERE \(place) = ?", arguments: [receipt.erasure.blob])
            }
        }
    }

    package func openErasures() async throws(KeyStoreError) -> [ErasureRecord] {
        try await reading { [erasureRows] database in
            try erasureRows.all(database, "TRUE ORDER BY started_at, id", []).map(\.record)
        }
    }

    package func tombstones(of erasure: ErasureID, after cursor: KeyID?, limit: Int) async throws(KeyStoreError) -> [Tombstone] {
        try await reading { [tombstoneRows] database in
            try tombstoneRows.all(
                database, "erasure = ? AND key > ? ORDER BY key LIMIT \(limit)", [erasure.blob, cursor?.blob ?? ([] as [UInt8]).blob]
            ).map(\.record)
        }
    }

    package func tombstone(of key: KeyID, in environment: EnvironmentID) async throws(KeyStoreError) -> Tombstone? {
        try await reading { [tombstoneRows] database in
            try tombstoneRows.first(database, "key = ? AND environment = ?", [key.blob, environment.blob])?.record
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

extension ErasureRecord.Subject {
    /// Which keys of the environment ?1 it takes, by ``argument`` as ?2.
    fileprivate var condition: String {
        switch self {
        case .before:
            // A key whose hour is not that of its making, or the next, was made while the clock was wrong: its hour may never
            // come, so that an hour from its making counts.
            """
            environment = ?1 AND kind = 2 AND ?2 >= CASE WHEN hour BETWEEN created_at / 3600 AND created_at / 3600 + 1
            THEN (hour + 1) * 3600 ELSE created_at + 3600 END
            """
        case .connection: "environment = ?1 AND kind = 3 AND connection = ?2"
        case .logs:
            """
            environment = ?1 AND kind = 4 AND EXISTS (SELECT 1 FROM keys newer WHERE newer.environment = ?1 AND newer.kind = 4
            AND newer.version > keys.version AND newer.created_at <= ?2)
            """
        }
    }

    fileprivate var argument: DatabaseValue {
        switch self {
        case .before(let time), .logs(before: let time): time.seconds.databaseValue
        case .connection(let connection): Array(connection.utf8).blob
        }
    }
}
