internal import GRDB
internal import Glibc
internal import KeyHierarchy

extension KeyStoreError {
    /// Says what SQLite's error means to whoever keeps the store.
    init(_ error: any Error, in path: String) {
        switch error {
        case let error as KeyStoreError: self = error
        case let error as RowDamage: self.init(.damaged, "The key store is damaged: \(error).", remedy: Self.restore)
        case let error as DatabaseError: self.init(error, in: path)
        case is CancellationError:
            self.init(.failed, "The store's work was cancelled; nothing was kept.", remedy: "Try again.", underlying: error)
        default: self.init(.failed, "The key store in \(path) failed: \(error).", remedy: "See the daemon's log.", underlying: error)
        }
    }

    private init(_ error: DatabaseError, in path: String) {
        let reason = error.message ?? "SQLite gave no reason"
        // Where there is no room for its shared memory, SQLite speaks of an I/O error.
        switch error.extendedResultCode == .SQLITE_IOERR_SHMSIZE ? .SQLITE_FULL : error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .notWritable, "The disk of the key store in \(path) is full; nothing of the change was kept.",
                remedy: "Make room, then try again.", underlying: error)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            self.init(
                .notWritable, "The key store in \(path) cannot be written: \(reason).",
                remedy: "Let the daemon's user write to the directory and to every file in it, on a file system that is not read-only.",
                underlying: error)
        case .SQLITE_IOERR:
            self.init(
                .failed, "The disk of the key store in \(path) does not read or write: \(reason).",
                remedy: "Check the disk; nothing of the change was kept.", underlying: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.damaged, "The key store in \(path) is damaged: \(reason).", remedy: Self.restore, underlying: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .busy, "Another program reads or writes the key store in \(path).",
                remedy: "Try again; if it stays so, find who has the file open.", underlying: error)
        default:
            self.init(.failed, "The key store in \(path) failed: \(reason).", remedy: "See the daemon's log.", underlying: error)
        }
    }

    static let restore = "Nothing was overwritten. Stop the daemon and put a backup of the store in its place."

    static func notWritable(_ path: String, _ what: String, _ reason: CInt) -> Self {
        let words = unsafe String(cString: strerror(reason))
        return Self(
            .notWritable, "\(path) \(what): \(words).",
            remedy: "The state directory and every file in it must belong to the daemon's user, on a disk with room that is not read-only.")
    }

    static func inUse(_ path: String, by process: Int32?) -> Self {
        let holder = process.map { "Process \($0)" } ?? "Another process"
        return Self(
            .inUse, "\(holder) has the key store in \(path) open.",
            remedy: "Stop that daemon first, or give this one a state directory of its own.")
    }

    static func damaged(_ what: String, in path: String) -> Self {
        Self(.damaged, "The key store in \(path) is damaged: \(what).", remedy: restore)
    }
}
