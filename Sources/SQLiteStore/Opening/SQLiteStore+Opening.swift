internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    /// Whether there is a store in `path`; asks no root key, and changes nothing.
    package static func exists(in path: String) -> Bool { StoreDirectory(path: path).holdsTraces }

    /// Whether no environment was ever made in `path`, or no store is there: only then may a root key be made. Changes nothing.
    /// - Throws: `.inUse`, `.newer`, `.damaged`, `.notWritable`.
    package static func isUnused(in path: String) throws(KeyStoreError) -> Bool {
        let directory = StoreDirectory(path: path)
        guard exists(in: path) else { return true }
        let lock = try StoreLock(directory)
        defer { lock.withdraw() }
        return try StoreInspection(directory: directory).inspect(nil)?.isUnused ?? true
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
    /// - Parameter adoptingUnused: Lets a store that was never used change to another root key: for one that was just made, because
    ///   there was none, as after a first start that failed.
    /// - Parameter now: When a store that is made now was made.
    /// - Throws: `.inUse`, `.newer`, `.damaged`, `.wrongRootKey`, `.notWritable`, `.busy`, `.failed`.
    package static func open(
        in path: String, rootKey: RootKey, now: WallTime, adoptingUnused: Bool = false
    ) throws(KeyStoreError) -> SQLiteStore {
        let directory = StoreDirectory(path: path)
        try directory.make()
        let lock = try StoreLock(directory)
        let found: StoreInspection.Finding?
        do throws(KeyStoreError) {
            found = try StoreInspection(directory: directory).inspect(rootKey, adopting: adoptingUnused)
            try directory.requireOwn()
            try directory.requireWritable()
        } catch {
            lock.withdraw()
            throw error
        }
        do {
            if found == nil { try make(directory, for: rootKey, now) }
            let pool = try openPool(directory)
            try prepare(pool, for: rootKey, found, now)
            let isDue = try pool.read { database in try exists(database, "SELECT 1 FROM unpurged", []) }
            lock.sign()
            return SQLiteStore(
                path: path, pool: pool, authenticator: rootKey.rowAuthenticator, deleted: DeletedBytes(isDue: isDue), lock: lock)
        } catch {
            if found == nil {
                directory.draft.removeDatabase()
                lock.withdraw()
            }
            throw KeyStoreError(error, in: path)
        }
    }

    /// Makes a store aside, and names it once it is whole: whatever ends this process, nobody ever finds half a one.
    private static func make(_ directory: StoreDirectory, for rootKey: RootKey, _ now: WallTime) throws {
        let draft = directory.draft
        draft.removeDatabase()
        let pool = try openPool(draft)
        try Migrations.migrator(rootKey.rowAuthenticator).migrate(pool)
        let metas = AuthenticatedTable<MetaRow>(authenticator: rootKey.rowAuthenticator)
        try pool.write { try metas.insert(MetaRow(rootKey: rootKey.id, createdAt: now), $0) }
        try pool.writeWithoutTransaction { try emptyLog($0) }
        try pool.close()
        try directory.name(draft)
    }

    private static func openPool(_ directory: StoreDirectory) throws -> DatabasePool {
        try directory.makeDatabase()
        try directory.closeToOthers()
        var configuration = Configuration()
        // The lock keeps other daemons out: only a reader's snapshot, or a visitor, is waited for; by a start longer than by a request.
        configuration.busyMode = .timeout(openingTimeout)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            if database.configuration.readonly { try setBusyTimeout(database) }
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
            // Ids are random: an insertion touches a page of each index, anywhere in it. KiB.
            try database.execute(sql: "PRAGMA cache_size = -16384")
        }
        return pool
    }

    private static func prepare(
        _ pool: DatabasePool, for rootKey: RootKey, _ found: StoreInspection.Finding?, _ now: WallTime
    ) throws {
        try Migrations.migrator(rootKey.rowAuthenticator).migrate(pool)
        let metas = AuthenticatedTable<MetaRow>(authenticator: rootKey.rowAuthenticator)
        try pool.write { database in
            if let found {
                var meta = found.meta
                if meta.rootKey != rootKey.id {
                    meta = MetaRow(rootKey: rootKey.id, createdAt: now)
                    // All that a start leaves in a store that it does not use; the new root key would not verify it.
                    try database.execute(sql: "DELETE FROM clock; DELETE FROM doubts")
                }
                // What an earlier version used does not say so yet.
                if !found.isUnused { meta.usedAt = meta.usedAt ?? now }
                if meta != found.meta { try metas.update(meta, database) }
            }
            // Nothing new, but written: a disk that is full or read-only shows itself now.
            try database.execute(sql: "PRAGMA user_version = \(Migrations.version)")
        }
        try pool.writeWithoutTransaction { database in
            // Ends a deletion whose bytes a crash left in the log; who reads the file at the moment is no reason not to start.
            do { try emptyLog(database) } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {}
            try setBusyTimeout(database)
        }
    }
}
