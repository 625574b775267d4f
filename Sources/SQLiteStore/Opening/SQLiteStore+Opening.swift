internal import GRDB
package import KeyHierarchy

extension SQLiteStore {
    /// Whether there is a store in `path`; asks no root key, and changes nothing.
    package static func exists(in path: String) -> Bool { StoreDirectory(path: path).holdsTraces }

    /// Whether no environment was ever made in `path`, or no store is there: only then may a root key be made. Changes nothing.
    /// - Throws: `.inUse`, `.newer`, `.damaged`, `.notWritable`.
    package static func isUnused(in path: String) throws(KeyStoreError) -> Bool {
        let directory = StoreDirectory(path: path)
        guard exists(in: path) || StoreDirectory.size(of: directory.lock) != nil else { return true }
        let lock = try StoreLock(directory)
        defer { lock.withdraw() }
        try lock.requireNotVanished(directory)
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
    /// A start that is refused leaves every byte as it was. A disk that is full refuses none of a store that this version made: what is
    /// there is served, and ``look()`` finds when there is room again.
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
            try lock.requireNotVanished(directory)
            found = try StoreInspection(directory: directory).inspect(rootKey, adopting: adoptingUnused)
            try directory.requireOwn()
            try directory.requireWritable()
        } catch {
            lock.withdraw()
            throw error
        }
        do {
            if found == nil { try make(directory, for: rootKey, now) }
            let hold = try StoreHold(directory)
            let connections = try StoreConnections(StoreOpening(directory: directory, rootKey: rootKey, found: found, now: now))
            let isDue = try connections.pool.read { database in try exists(database, "SELECT 1 FROM unpurged", []) }
            lock.sign()
            return SQLiteStore(
                path: path, connections: connections, authenticator: rootKey.rowAuthenticator, deleted: DeletedBytes(isDue: isDue),
                lock: lock, hold: hold)
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
        let pool = try StoreOpening.pool(draft)
        try Migrations.migrator(rootKey.rowAuthenticator).migrate(pool)
        let metas = AuthenticatedTable<MetaRow>(authenticator: rootKey.rowAuthenticator)
        try pool.write { try metas.insert(MetaRow(rootKey: rootKey.id, createdAt: now), $0) }
        try pool.writeWithoutTransaction { try emptyLog($0) }
        try pool.close()
        try directory.name(draft)
    }
}
