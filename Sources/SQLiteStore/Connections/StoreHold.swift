internal import Glibc
internal import KeyHierarchy

/// Holds the directory and the database themselves, whatever becomes of their names: nobody else gets the lock of a database that is
/// open here, also where the file `lock` was deleted or the database was linked elsewhere.
///
/// SQLite's own locks are others (POSIX), which a process loses with the first descriptor of the file that it closes: so this one must
/// stay until SQLite has closed its own.
struct StoreHold: ~Copyable, Sendable {
    private let directory: CInt
    private let database: CInt

    /// - Throws: `KeyStoreError` with `.inUse`, or `.notWritable`.
    init(_ store: StoreDirectory) throws(KeyStoreError) {
        let directory = unsafe open(store.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .notWritable(store.path, "cannot be opened", errno) }
        let database = unsafe open(store.database, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard database >= 0 else {
            let reason = errno
            close(directory)
            throw .notWritable(store.database, "cannot be opened", reason)
        }
        guard flock(database, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(database)
            close(directory)
            guard reason == EWOULDBLOCK else { throw .notWritable(store.database, "cannot be locked", reason) }
            throw .inUse(store.path, by: nil)
        }
        self.directory = directory
        self.database = database
    }

    deinit {
        // Closing alone leaves the lock to a child that was forked and has not called exec yet.
        flock(database, LOCK_UN)
        close(database)
        close(directory)
    }
}
