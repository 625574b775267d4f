internal import GRDB
package import KeyHierarchy

/// The key store in an SQLite file: wrapped keys and public facts, each deciding row under a code that the root key makes.
package final class SQLiteStore: KeyStore, ClockLedger {
    /// How long SQLite waits for who else reads the file; seconds. The writer is held meanwhile.
    static let busyTimeout = 0.25
    /// How long a start waits for another process that has locked the file; seconds.
    static let openingTimeout = 20.0

    let path: String
    let connections: StoreConnections
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
    private let examination: StoreExamination
    private let lock: StoreLock
    private let hold: StoreHold

    /// The file belongs to the one who holds its lock.
    package var leaseEnd: BootInstant? { nil }

    init(
        path: String, connections: StoreConnections, authenticator: RowAuthenticator, deleted: DeletedBytes, lock: consuming StoreLock,
        hold: consuming StoreHold
    ) {
        self.path = path
        self.connections = connections
        self.deleted = deleted
        insertions = GroupCommit(connections, deleted: deleted)
        examination = StoreExamination(connections)
        self.lock = lock
        self.hold = hold
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
        do { try connections.close() } catch { throw KeyStoreError(error, in: path) }
    }

    package func defect() async throws(KeyStoreError) -> String? {
        if let trouble = connections.trouble { throw trouble.error }
        return try await examination.defect()
    }
}
