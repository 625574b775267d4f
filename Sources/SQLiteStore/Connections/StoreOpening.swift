internal import GRDB
internal import GRDBSQLite
internal import KeyHierarchy

/// Opens a store's file: for changes, or, where the disk has no room for any, for reading alone.
struct StoreOpening: Sendable {
    let directory: StoreDirectory
    let rootKey: RootKey
    /// Nil for a store that was made just now.
    let found: StoreInspection.Finding?
    let now: WallTime

    // MARK: For changes

    func forChanges() throws -> OpenedStore {
        let pool = try Self.pool(directory)
        do {
            try prepare(pool)
            let probe = try DatabaseQueue(path: directory.database, configuration: Self.reading())
            return OpenedStore(
                pool: pool, probe: probe, canChange: true, source: directory.database,
                files: HeldFiles(directory, beside: [directory.log, directory.index]))
        } catch {
            try? pool.close()
            throw error
        }
    }

    static func pool(_ directory: StoreDirectory) throws -> DatabasePool {
        try directory.makeDatabase()
        try directory.closeToOthers()
        var configuration = Configuration()
        // The lock keeps other daemons out: only a reader's snapshot, or a visitor, is waited for; by a start longer than by a request.
        configuration.busyMode = .timeout(SQLiteStore.openingTimeout)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            if database.configuration.readonly { try SQLiteStore.setBusyTimeout(database) }
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
            WriterBeat.follow(database)
        }
        return pool
    }

    private func prepare(_ pool: DatabasePool) throws {
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
    }

    static func settle(_ opened: OpenedStore) throws {
        try opened.pool.writeWithoutTransaction { database in
            // Ends a deletion whose bytes a crash left in the log; who reads the file at the moment is no reason not to start.
            do { try SQLiteStore.emptyLog(database) } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {}
            try SQLiteStore.setBusyTimeout(database)
        }
    }

    // MARK: For reading alone

    /// Whether the store can be read as it is: its schema is ours, and so is its root key.
    var isReadable: Bool { found.map { $0.isCurrent && $0.meta.rootKey == rootKey.id } ?? false }

    /// Writes nothing: SQLite keeps its index of the log in memory.
    func forReading() throws -> OpenedStore {
        let isLogged = (StoreDirectory.size(of: directory.log) ?? 0) > StoreInspection.logHeaderSize
        if isLogged, StoreDirectory.size(of: directory.index) == nil { _ = directory.makeIndex() }
        let source = StoreInspection.uri(directory.database, isLogged ? "readonly_shm=1" : "immutable=1")
        let pool = try DatabasePool(path: source, configuration: Self.reading())
        let probe = try DatabaseQueue(path: source, configuration: Self.reading())
        return OpenedStore(pool: pool, probe: probe, canChange: false, source: source, files: HeldFiles(directory, beside: []))
    }

    static func reading() -> Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.prepareDatabase { database in
            try SQLiteStore.setBusyTimeout(database)
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY")
        }
        return configuration
    }
}
