internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
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

    package func endDoubt(at now: WallTime) async throws(KeyStoreError) {
        try await writing { [self] database in
            guard var row = try openDoubt(database) else { return }
            row.doubt.endedAt = now
            try doubtRows.update(row, database)
        }
    }

    // MARK: Stamps

    /// The doubt that lasts; nil where there is none, or nothing was kept in it yet.
    func openDoubt(_ database: Database) throws -> DoubtRow? {
        let last = try doubtRows.first(database, "TRUE ORDER BY number DESC LIMIT 1", [])
        return last.flatMap { $0.doubt.endedAt == nil ? $0 : nil }
    }

    /// As it is kept: one that was made in doubt, and has no number, gets that of the doubt that lasts, which begins with it if need be.
    func numbered(_ stamp: Stamp, _ database: Database) throws -> Stamp {
        guard let doubt = stamp.doubt, doubt.number == 0 else { return stamp }
        if let open = try openDoubt(database) { return Stamp(stamp.time, doubt: open.doubt) }
        let last = try Int64.fetchOne(database, sql: "SELECT MAX(number) FROM doubts") ?? 0
        let row = DoubtRow(Stamp.Doubt(number: UInt32(clamping: last + 1)))
        try doubtRows.insert(row, database)
        return Stamp(stamp.time, doubt: row.doubt)
    }

    func numbered(_ pending: PendingMainKey, _ database: Database) throws -> PendingMainKey {
        var pending = pending
        pending.record.createdAt = try numbered(pending.record.createdAt, database)
        return pending
    }

    /// A stamp as its row has it, with the end of its doubt.
    func resolved(_ stamp: Stamp, _ database: Database) throws -> Stamp {
        guard let doubt = stamp.doubt else { return stamp }
        guard let row = try doubtRows.first(database, "number = ?", [Int64(doubt.number).databaseValue]) else {
            throw RowDamage(table: DoubtRow.table, reason: .missing)
        }
        return Stamp(stamp.time, doubt: row.doubt)
    }
}
