internal import GRDB
internal import KeyHierarchy

extension SQLiteStore {
    /// Reads one snapshot, on a queue of GRDB's.
    func reading<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws(KeyStoreError) -> R {
        let pool = connections.pool
        do { return try await pool.read(body) } catch {
            // That one may have been closed for another.
            guard await connections.isExchanged(since: pool) else { throw KeyStoreError(error, in: path) }
        }
        do { return try await connections.pool.read(body) } catch { throw KeyStoreError(error, in: path) }
    }

    /// One transaction, on GRDB's writer queue; durable when it returns. A task that is cancelled meanwhile gets its answer all the
    /// same: GRDB's own way would throw, and leave open whether the change was kept.
    /// - Parameters:
    ///   - foreignKeys: Whether they are enforced.
    ///   - isKept: Asked once a commit has failed: whether the change is there.
    /// - Throws: An error after which nothing is kept, or `.unknownOutcome`.
    func writing<R: Sendable>(
        foreignKeys: Bool = true, isKept: @escaping @Sendable (Database) throws -> Bool = { _ in false },
        _ body: @escaping @Sendable (Database) throws -> R
    ) async throws(KeyStoreError) -> R {
        let transaction = StoreTransaction(isKept: isKept, body: body, deleted: deleted)
        return try await onWriter { database in
            guard !foreignKeys else { return try transaction.run(database) }
            // The rows of a damaged environment may name each other wrongly.
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
            return try transaction.run(database)
        }
    }

    /// As ``writing(foreignKeys:isKept:_:)``, in a transaction that others of the same moment may share.
    /// - Parameter environment: Whose turn on the writer it takes; nil for that of all new environments together.
    func inserting<R: Sendable>(
        for environment: EnvironmentID?, isKept: @escaping @Sendable (Database) throws -> Bool,
        _ body: @escaping @Sendable (Database) throws -> R
    ) async throws(KeyStoreError) -> R {
        do { return try await insertions.run(StoreTransaction(isKept: isKept, body: body, deleted: deleted), of: environment) } catch {
            throw connections.noted(KeyStoreError(error, in: path))
        }
    }

    /// A turn on GRDB's writer queue, without a transaction.
    func onWriter<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws(KeyStoreError) -> R {
        let result = await withCheckedContinuation { continuation in
            connections.pool.asyncWriteWithoutTransaction { [connections] database in
                continuation.resume(
                    returning: Result {
                        try connections.requireChanges()
                        return try body(database)
                    })
            }
        }
        do { return try result.get() } catch { throw connections.noted(KeyStoreError(error, in: path)) }
    }
}
