internal import Glibc
internal import KeyHierarchy

/// The files of a store inside its state directory.
struct StoreDirectory: Sendable {
    let path: String
    private var file = "store.sqlite"

    init(path: String) { self.path = path }

    var database: String { "\(path)/\(file)" }
    /// Where a store is made: it gets its name once it is whole.
    var draft: StoreDirectory {
        var draft = self
        draft.file = "store.sqlite.new"
        return draft
    }
    /// SQLite's write-ahead log.
    var log: String { database + "-wal" }
    /// SQLite's index of the log; shared memory, nothing durable.
    var index: String { database + "-shm" }
    var lock: String { path + "/lock" }

    /// Makes the directory, and those above it, where they are not there yet; only their owner may enter.
    /// - Throws: `KeyStoreError` with `.notWritable`.
    func make() throws(KeyStoreError) {
        var made = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made == "/" ? String(part) : "/\(part)"
            guard unsafe mkdir(made, 0o700) != 0, errno != EEXIST, StoreDirectory.size(of: made) == nil else { continue }
            throw .notWritable(path, "cannot be made", errno)
        }
    }

    /// Whether this process may write to the directory and to what is in the store.
    /// - Throws: `KeyStoreError` with `.notWritable`.
    func requireWritable() throws(KeyStoreError) {
        guard unsafe faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0 else { throw .notWritable(path, "cannot be written", errno) }
        for file in [database, log, index] where unsafe faccessat(AT_FDCWD, file, R_OK | W_OK, AT_EACCESS) != 0 && errno != ENOENT {
            throw .notWritable(file, "cannot be read and written", errno)
        }
    }

    /// Whether the directory and what is in the store are this user's: another one could put something else in their place.
    /// - Throws: `KeyStoreError` with `.notWritable`.
    func requireOwn() throws(KeyStoreError) {
        var status = stat()
        for file in [path, database, log, index] where unsafe stat(file, &status) == 0 {
            guard status.st_uid == geteuid() || (file == path && status.st_uid == 0) else {
                throw KeyStoreError(
                    .notWritable, "\(file) belongs to user \(status.st_uid), who could replace it. Nothing was changed.",
                    remedy: "Run: chown \(geteuid()) \(file)")
            }
        }
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IWOTH == 0 else {
            throw KeyStoreError(
                .notWritable, "Everybody may write in \(path), and so replace the store. Nothing was changed.",
                remedy: "Run: chmod 700 \(path)")
        }
    }

    /// Makes an empty file for the database that only its owner may read; SQLite gives the log and the index the same mode.
    func makeDatabase() throws(KeyStoreError) {
        let descriptor = unsafe open(database, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .notWritable(database, "cannot be made", errno) }
        close(descriptor)
    }

    /// Makes an empty index, which SQLite's readers must find.
    /// - Returns: whether there was none.
    func makeIndex() -> Bool {
        let descriptor = unsafe open(index, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    /// Whether a small change finds room: its pages, and SQLite's index of them.
    var hasRoom: Bool {
        var facts = statvfs()
        guard unsafe statvfs(path, &facts) == 0 else { return false }
        return UInt64(facts.f_bavail) * UInt64(facts.f_frsize) >= Self.leastRoom && (facts.f_files == 0 || facts.f_favail > 0)
    }

    private static let leastRoom: UInt64 = 256 << 10

    /// Takes away what others may do with the database.
    func closeToOthers() throws(KeyStoreError) {
        for file in [database, log, index] where unsafe chmod(file, 0o600) != 0 && errno != ENOENT {
            throw .notWritable(file, "cannot be kept from other users", errno)
        }
    }

    /// Whether a database was here once: a file of that name, however small, or a log in which something stands.
    var holdsTraces: Bool { Self.size(of: database) != nil || (Self.size(of: log) ?? 0) > StoreInspection.logHeaderSize }

    /// Gives a draft that is closed its name, durably.
    func name(_ draft: StoreDirectory) throws(KeyStoreError) {
        guard (Self.size(of: draft.log) ?? 0) == 0 else { throw .notWritable(draft.log, "still holds what was written", EBUSY) }
        for file in [draft.log, draft.index] { unsafe unlink(file) }
        guard unsafe rename(draft.database, database) == 0 else { throw .notWritable(database, "cannot be made", errno) }
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .notWritable(path, "cannot be synchronised", errno) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .notWritable(path, "cannot be synchronised", errno) }
    }

    /// Takes back a database that could not be made whole.
    func removeDatabase() {
        for file in [database, log, index] { unsafe unlink(file) }
    }

    /// Bytes; nil where there is nothing of that name.
    static func size(of path: String) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Int(status.st_size)
    }
}
