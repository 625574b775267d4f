internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    package func apply(
        _ change: EnvironmentChange, to environment: EnvironmentID, from revision: Revision
    ) async throws(KeyStoreError) -> AppliedChange {
        try change.check()
        if case .delete = change { return try await delete(environment, from: revision) }
        // Key by key first, where nobody waits: the transaction itself compares sums.
        let lacking = if case .finishRepack = change { try await keysLeftByRepack(of: environment) } else { 0 }
        return try await writing(
            isKept: { [self] database in
                try environmentRow(environment, database).revision == revision.next
            },
            { [self] database in
                var row = try environmentRow(environment, database)
                guard row.revision == revision else { throw KeyStoreError.stale(row.revision) }
                let isPurgeDue = try make(change, of: &row, lacking: lacking, database)
                row.revision = revision.next
                try environmentRows.update(row, database)
                try tell(environment, row.revision, database)
                return AppliedChange(record: try record(environment, database), isPurgeDue: isPurgeDue)
            })
    }

    /// - Returns: whether bytes are gone that still stand in the file or the log.
    private func make(
        _ change: EnvironmentChange, of row: inout EnvironmentRow, lacking: Int, _ database: Database
    ) throws -> Bool {
        let environment = row.identity.id
        switch change {
        case .adopt(let adoption): return try adopt(adoption, of: &row, database)
        case .rewrap(let key): return try rewrap(key, of: environment, database)
        case .setPending(let pending):
            let isPurgeDue = try deletePending(of: environment, database)
            if let pending {
                try mainKeyRows.insert(MainKeyRow(numbered(pending, database), of: environment), database)
                if let sealed = pending.record.sealedMaterial { deleted.keep(sealed) }
            }
            row.pendingMainKey = pending?.record.id
            return isPurgeDue
        case .setMaterial(let sealed, of: let mainKey): return try setMaterial(sealed, of: mainKey, in: environment, database)
        case .lock(let lock):
            guard lock.number > row.newestLock else {
                throw KeyStoreError(.exists, "There was a lock of the number \(lock.number) already.", remedy: "Take the next one.")
            }
            guard row.locks.count < EnvironmentLock.most else { throw KeyStoreError.tooManyLocks }
            row.locks.append(lock)
            row.newestLock = lock.number
            return false
        case .unlock(let numbers):
            row.locks.removeAll { numbers.contains($0.number) }
            return false
        case .setRetention(let retention):
            row.retention = retention
            return false
        case .setRepackState(let state):
            var repack = try repackRow(of: environment, database)
            repack.record.state = state
            try repackRows.update(repack, database)
            return false
        case .finishRepack: return try finishRepack(of: &row, lacking: lacking, database)
        case .cancelRepack(at: let now): return try cancelRepack(of: &row, at: now, database)
        case .erase(let erasure):
            try begin(erasure, of: environment, database)
            return false
        case .delete: preconditionFailure("a deletion goes a way of its own, for damaged environments too")
        }
    }

    // MARK: The feed

    package func feed(after number: UInt64, limit: Int) async throws(KeyStoreError) -> [FeedEntry] {
        try await reading { [feedRows, feedHorizonRows] database in
            if number > 0, let horizon = try feedHorizonRows.first(database, "id = 1", []), number < horizon.number {
                throw KeyStoreError(
                    .stale, "The feed of changes does not reach back to number \(number) any more.",
                    remedy: "List the environments, and read it from the beginning.")
            }
            return try feedRows.all(
                database, "number > ? ORDER BY number LIMIT \(limit)", [Int64(clamping: number).databaseValue]
            ).map(\.entry)
        }
    }

    /// Puts an environment at the end of the feed.
    func tell(_ environment: EnvironmentID, _ revision: Revision?, _ database: Database) throws {
        let last = try Int64.fetchOne(database.cachedStatement(sql: "SELECT MAX(number) FROM feed")) ?? 0
        try database.cachedStatement(sql: "DELETE FROM feed WHERE environment = ?").execute(arguments: [environment.blob])
        try feedRows.insert(
            FeedRow(FeedEntry(number: UInt64(last) + 1, environment: environment, revision: revision)), database)
        if revision == nil { try forgetDeleted(database) }
    }

    /// How many deleted environments the feed remembers.
    static let deletedInFeed = 10_000

    private func forgetDeleted(_ database: Database) throws {
        guard
            let number = try Int64.fetchOne(
                database,
                sql: "SELECT number FROM feed INDEXED BY feed_of_deleted WHERE revision IS NULL ORDER BY number DESC LIMIT 1 OFFSET ?",
                arguments: [Self.deletedInFeed])
        else { return }
        try database.execute(sql: "DELETE FROM feed WHERE revision IS NULL AND number <= ?", arguments: [number])
        try database.execute(sql: "DELETE FROM feed_horizon")
        try feedHorizonRows.insert(FeedHorizonRow(UInt64(number)), database)
    }
}

extension KeyStoreError {
    static func stale(_ revision: Revision) -> Self {
        Self(.stale, "The environment was changed meanwhile: it is at revision \(revision).", remedy: "Look again, and decide again.")
    }
}
