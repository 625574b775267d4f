internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    /// Whether there is a store in `path`; asks no root key, and changes nothing.
    package static func exists(in path: String) -> Bool {
        (StoreDirectory.size(of: StoreDirectory(path: path).database) ?? 0) > 0
    }

    /// Whether no environment is kept in `path`, or no store is there: only then may a root key be made. Changes nothing.
    /// - Throws: `.inUse`, `.newer`, `.damaged`, `.notWritable`.
    package static func isEmpty(in path: String) throws(KeyStoreError) -> Bool {
        let directory = StoreDirectory(path: path)
        guard exists(in: path) else { return true }
        let lock = try StoreLock(directory)
        defer { lock.withdraw() }
        return try StoreInspection(directory: directory).inspect(nil)?.isEmpty ?? true
    }

    /// Looks at the store in `path` as a start does, but for the root key, and changes nothing.
    /// - Returns: False where there is no store.
    /// - Throws: `.inUse`, `.newer`, `.damaged`, `.notWritable`.
    package static func check(in path: String) throws(KeyStoreError) -> Bool {
        let directory = StoreDirectory(path: path)
        guard exists(in: path) else { return false }
        let lock = try StoreLock(directory)
        defer { lock.withdraw() }
        return try StoreInspection(directory: directory).inspect(nil) != nil
    }

    /// Opens the store in `path`, or makes one there that belongs to `rootKey`, and keeps other processes out until it is gone.
    ///
    /// A start that is refused leaves every byte as it was.
    /// - Parameter adoptingEmpty: Lets an empty store change to another root key: for one that was just made, because
    ///   there was none and the store is empty.
    /// - Parameter now: When a store that is made now was made.
    /// - Throws: `.inUse`, `.newer`, `.damaged`, `.wrongRootKey`, `.notWritable`, `.busy`, `.failed`.
    package static func open(
        in path: String, rootKey: RootKey, now: WallTime, adoptingEmpty: Bool = false
    ) throws(KeyStoreError) -> SQLiteStore {
        let directory = StoreDirectory(path: path)
        try directory.make()
        let lock = try StoreLock(directory)
        let found: StoreInspection.Finding?
        do throws(KeyStoreError) {
            found = try StoreInspection(directory: directory).inspect(rootKey, adopting: adoptingEmpty)
            try directory.requireWritable()
        } catch {
            lock.withdraw()
            throw error
        }
        do {
            let pool = try openPool(directory)
            var adopted: MetaRow?
            if found.map({ $0.meta.rootKey != rootKey.id }) ?? true { adopted = MetaRow(rootKey: rootKey.id, createdAt: now) }
            try prepare(pool, for: rootKey, meta: adopted, isNew: found == nil)
            let isDue = try pool.read { database in try exists(database, "SELECT 1 FROM unpurged", []) }
            lock.sign()
            return SQLiteStore(
                path: path, pool: pool, authenticator: rootKey.rowAuthenticator, deleted: DeletedBytes(isDue: isDue), lock: lock)
        } catch {
            if found == nil {
                directory.removeDatabase()
                lock.withdraw()
            }
            throw KeyStoreError(error, in: path)
        }
    }

    private static func openPool(_ directory: StoreDirectory) throws -> DatabasePool {
        try directory.makeDatabase()
        try directory.closeToOthers()
        var configuration = Configuration()
        // The lock keeps other daemons out: only a reader's snapshot, or a visitor, is waited for.
        configuration.busyMode = .timeout(busyTimeout)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY
                    """)
        }
        let pool = try DatabasePool(path: directory.database, configuration: configuration)
        try pool.writeWithoutTransaction { database in
            // GRDB sets NORMAL when it opens, whatever was set before.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            for (pragma, wanted) in [("synchronous", 2), ("secure_delete", 1), ("foreign_keys", 1)] {
                guard try Int.fetchOne(database, sql: "PRAGMA \(pragma)") == wanted else {
                    throw KeyStoreError(
                        .failed, "SQLite does not take the setting '\(pragma)', which the key store needs.",
                        remedy: "Install the SQLite of the distribution.")
                }
            }
        }
        return pool
    }

    /// - Parameter meta: The row of a store that is made now, or changes to another root key.
    private static func prepare(_ pool: DatabasePool, for rootKey: RootKey, meta: MetaRow?, isNew: Bool) throws {
        try Migrations.migrator(rootKey.rowAuthenticator).migrate(pool)
        let metas = AuthenticatedTable<MetaRow>(authenticator: rootKey.rowAuthenticator)
        try pool.write { database in
            if let meta {
                if isNew { try metas.insert(meta, database) } else { try metas.update(meta, database) }
            }
            // Nothing new, but written: a disk that is full or read-only shows itself now.
            try database.execute(sql: "PRAGMA user_version = \(Migrations.version)")
        }
        try pool.writeWithoutTransaction { database in
            // Ends a deletion whose bytes a crash left in the log; who reads the file at the moment is no reason not to start.
            do { try emptyLog(database) } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {}
        }
    }
}
