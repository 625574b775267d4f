internal import GRDB
package import KeyHierarchy

/// The key store in an SQLite file: wrapped keys and public facts, each deciding row under a code that the root key makes.
package final class SQLiteStore: KeyStore, ClockLedger {
    /// How long SQLite waits for who else reads the file; seconds. The writer is held meanwhile.
    static let busyTimeout = 0.25
    /// How long a start waits for another process that has locked the file; seconds.
    static let openingTimeout = 20.0

    let path: String
    let pool: DatabasePool
    let metaRows: AuthenticatedTable<MetaRow>
    let environmentRows: AuthenticatedTable<EnvironmentRow>
    let mainKeyRows: AuthenticatedTable<MainKeyRow>
    let environmentKeyRows: AuthenticatedTable<EnvironmentKeyRow>
    let generationRows: AuthenticatedTable<GenerationRow>
    let keyRows: AuthenticatedTable<KeyRow>
    let repackRows: AuthenticatedTable<RepackRow>
    let erasureRows: AuthenticatedTable<ErasureRow>
    let tombstoneRows: AuthenticatedTable<TombstoneRow>
    let receiptRows: AuthenticatedTable<ReceiptRow>
    let clockRows: AuthenticatedTable<ClockRow>
    let doubtRows: AuthenticatedTable<DoubtRow>
    let feedRows: AuthenticatedTable<FeedRow>
    let feedHorizonRows: AuthenticatedTable<FeedHorizonRow>
    let deleted: DeletedBytes
    let insertions: GroupCommit
    private let lock: StoreLock

    /// The file belongs to the one who holds its lock.
    package var leaseEnd: BootInstant? { nil }

    init(path: String, pool: DatabasePool, authenticator: RowAuthenticator, deleted: DeletedBytes, lock: consuming StoreLock) {
        self.path = path
        self.pool = pool
        self.deleted = deleted
        insertions = GroupCommit(pool: pool, deleted: deleted)
        self.lock = lock
        metaRows = AuthenticatedTable(authenticator: authenticator)
        environmentRows = AuthenticatedTable(authenticator: authenticator)
        mainKeyRows = AuthenticatedTable(authenticator: authenticator)
        environmentKeyRows = AuthenticatedTable(authenticator: authenticator)
        generationRows = AuthenticatedTable(authenticator: authenticator)
        keyRows = AuthenticatedTable(authenticator: authenticator)
        repackRows = AuthenticatedTable(authenticator: authenticator)
        erasureRows = AuthenticatedTable(authenticator: authenticator)
        tombstoneRows = AuthenticatedTable(authenticator: authenticator)
        receiptRows = AuthenticatedTable(authenticator: authenticator)
        clockRows = AuthenticatedTable(authenticator: authenticator)
        doubtRows = AuthenticatedTable(authenticator: authenticator)
        feedRows = AuthenticatedTable(authenticator: authenticator)
        feedHorizonRows = AuthenticatedTable(authenticator: authenticator)
    }

    /// Finishes what is under way, and closes the file; every later call fails. The lock goes with the store itself.
    package func close() throws(KeyStoreError) {
        do { try pool.close() } catch { throw KeyStoreError(error, in: path) }
    }

    package func defect() async throws(KeyStoreError) -> String? {
        let check = PageCheck(size: StoreDirectory.size(of: pool.path) ?? 0)
        return try await reading { database in
            // What the connection remembers says nothing of the file.
            try database.execute(sql: "PRAGMA shrink_memory")
            return try check.defect(in: database)
        }
    }
}
