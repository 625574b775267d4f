internal import GRDB
internal import KeyHierarchy

/// One transaction whose end is known.
struct StoreTransaction<R: Sendable>: Sendable {
    let isKept: @Sendable (Database) throws -> Bool
    let body: @Sendable (Database) throws -> R
    let deleted: DeletedBytes

    func run(_ database: Database) throws -> R {
        try database.beginTransaction(.immediate)
        let result: R
        do {
            result = try body(database)
            guard database.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        } catch {
            deleted.endTransaction(committed: false)
            try database.rollback()
            throw error
        }
        do { try database.commit() } catch {
            guard try settle(error, database) else { throw error }
        }
        deleted.endTransaction(committed: true)
        return result
    }

    /// Whether the log may hold all frames of a commit that failed. Where a frame could not be written, the last one was not.
    private static func mayBeWhole(after error: any Error) -> Bool {
        guard let code = (error as? DatabaseError)?.extendedResultCode else { return true }
        return code != .SQLITE_FULL && code != .SQLITE_IOERR_WRITE
    }

    /// Finds out what a commit that failed did.
    /// - Returns: whether the change is there.
    /// - Throws: `.unknownOutcome`.
    private func settle(_ error: any Error, _ database: Database) throws -> Bool {
        do {
            // Still open after a busy answer or a broken constraint: nothing was written.
            let wasOpen = database.isInsideTransaction
            try database.rollback()
            if !wasOpen, Self.mayBeWhole(after: error) {
                // SQLite took it back, but its frames may stand in the log, whole: at the next start they would be read again, unless
                // another commit is written over the first of them.
                try database.execute(sql: "PRAGMA user_version = \(Migrations.version)")
            }
            if try isKept(database) { return true }
        } catch let second {
            deleted.forget()
            throw KeyStoreError(
                .unknownOutcome, "The key store failed while it kept a change (\(error)), and cannot tell whether it did (\(second)).",
                remedy: "Check the disk; whoever asked looks again before anything is tried again.", underlying: error)
        }
        deleted.endTransaction(committed: false)
        return false
    }
}
