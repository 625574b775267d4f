internal import GRDB

/// The connections to a store's file, as they were opened together.
struct OpenedStore: Sendable {
    let pool: DatabasePool
    /// For signs of life alone: it never waits behind who reads much.
    let probe: DatabaseQueue
    /// Whether the pool has a writer.
    let canChange: Bool
    /// What SQLite is to be given to open one more connection.
    let source: String
    let files: HeldFiles

    func close() throws {
        try probe.close()
        try pool.close()
    }
}
