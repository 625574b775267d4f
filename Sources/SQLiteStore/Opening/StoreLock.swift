internal import Glibc
internal import KeyHierarchy

/// A store belongs to one process at a time: an advisory lock on the file `lock`, held until this value is gone.
///
/// The file stays when the lock goes. Its text is the number of the process that holds it, written only once the store is open,
/// so that a refused start leaves it as it was.
struct StoreLock: ~Copyable, Sendable {
    private let descriptor: CInt
    private let path: String
    private let isNew: Bool

    /// - Throws: `KeyStoreError` with `.inUse`, or `.notWritable`.
    init(_ directory: StoreDirectory) throws(KeyStoreError) {
        path = directory.lock
        while true {
            var isNew = false
            var descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            if descriptor < 0, errno == ENOENT {
                isNew = true
                descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
                if descriptor < 0, errno == EEXIST { continue }
            }
            guard descriptor >= 0 else { throw .notWritable(path, "cannot be opened", errno) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let reason = errno
                let holder = Self.holder(descriptor)
                close(descriptor)
                guard reason == EWOULDBLOCK else { throw .notWritable(path, "cannot be locked", reason) }
                throw .inUse(directory.path, by: holder)
            }
            // Whoever refused its own new store may have removed the file between our opening and our locking it.
            guard Self.names(path, descriptor) else {
                close(descriptor)
                continue
            }
            self.descriptor = descriptor
            self.isNew = isNew
            return
        }
    }

    deinit {
        // Closing alone leaves the lock to a child that was forked and has not called exec yet.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Writes this process' number into the file.
    func sign() {
        let text = Array("\(getpid())\n".utf8)
        // Written over: on a full disk what stands there is not lost.
        if unsafe pwrite(descriptor, text, text.count, 0) == text.count { ftruncate(descriptor, off_t(text.count)) }
    }

    /// A signed file tells that a store was open here: where nothing is left of it, an empty one must not take its place unasked.
    /// - Throws: `KeyStoreError` with `.damaged`.
    func requireNotVanished(_ directory: StoreDirectory) throws(KeyStoreError) {
        guard !isNew, Self.holder(descriptor) != nil, !directory.holdsTraces else { return }
        throw KeyStoreError(
            .damaged, "The key store in \(directory.path) is gone: its lock file tells that there was one. Nothing was changed.",
            remedy: "Put a backup of the state directory in its place; or, if an empty store is to be made, remove \(path) first.")
    }

    /// Removes the file where this lock made it: for a start that is refused.
    func withdraw() {
        if isNew { unsafe unlink(path) }
    }

    private static func holder(_ descriptor: CInt) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    private static func names(_ path: String, _ descriptor: CInt) -> Bool {
        var there = stat()
        var ours = stat()
        guard unsafe stat(path, &there) == 0, unsafe fstat(descriptor, &ours) == 0 else { return false }
        return there.st_ino == ours.st_ino && there.st_dev == ours.st_dev
    }
}
