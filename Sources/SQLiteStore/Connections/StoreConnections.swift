internal import Bedrock
internal import GRDB
internal import KeyHierarchy

/// The connections to the store's file, and whether a change can be kept. They are exchanged when a disk that had no room for a writer
/// has some again.
final class StoreConnections: Sendable {
    private struct State {
        var opened: OpenedStore
        /// A change found no room, and none was tried with success since.
        var isFull: Bool
        var displaced: String?
        /// The old connections are closed, or will be at once, and there are no new ones yet.
        var isExchanging = false
    }

    private let opening: StoreOpening
    private let state: Lock<State>

    init(_ opening: StoreOpening) throws {
        self.opening = opening
        do {
            state = Lock(State(opened: try Self.settled(opening), isFull: false))
        } catch {
            guard opening.isReadable, Self.isFull(error, opening.directory) else { throw error }
            state = Lock(State(opened: try opening.forReading(), isFull: true))
        }
    }

    private static func settled(_ opening: StoreOpening) throws -> OpenedStore {
        let opened = try opening.forChanges()
        do { try StoreOpening.settle(opened) } catch {
            try? opened.close()
            throw error
        }
        return opened
    }

    var directory: StoreDirectory { opening.directory }

    var opened: OpenedStore { state.withLock { $0.opened } }

    var pool: DatabasePool { opened.pool }

    func close() throws { try opened.close() }

    // MARK: Whether a change can be kept

    var trouble: StoreTrouble? {
        let (isFull, displaced) = state.withLock { ($0.isFull, $0.displaced) }
        let path = directory.path
        return displaced.map { .displaced($0, path) } ?? (isFull ? .full(path) : nil)
    }

    /// Before anything is changed.
    func requireChanges() throws(KeyStoreError) {
        let opened = opened
        if let displaced = opened.files.displaced {
            state.withLock { $0.displaced = displaced }
            throw StoreTrouble.displaced(displaced, directory.path).error
        }
        guard opened.canChange else { throw StoreTrouble.full(directory.path).error }
    }

    /// What a change failed with.
    func noted(_ error: KeyStoreError) -> KeyStoreError {
        if Self.isFull(error) { state.withLock { $0.isFull = true } }
        return error
    }

    /// Looks whether the files are where they were, and whether a disk that was full has room again. Waits for the disk.
    func look() {
        let opened = opened
        let displaced = opened.files.displaced
        let isFull = state.withLock { state in
            state.displaced = displaced
            return state.isFull
        }
        guard isFull, displaced == nil, directory.hasRoom else { return }
        do {
            if opened.canChange {
                try opened.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = \(Migrations.version)") }
            } else {
                try exchange(opened)
            }
            state.withLock { $0.isFull = false }
        } catch {}
    }

    /// Puts a writer in the place of readers alone. These are closed first: SQLite has one index of the log for a process, and theirs is
    /// in memory. Who reads meanwhile waits, and reads again.
    private func exchange(_ old: OpenedStore) throws {
        state.withLock { $0.isExchanging = true }
        defer { state.withLock { $0.isExchanging = false } }
        try? old.close()
        do {
            let new = try Self.settled(opening)
            state.withLock { $0.opened = new }
        } catch {
            let again = try opening.forReading()
            state.withLock { $0.opened = again }
            throw error
        }
    }

    /// Returns once there are other connections than those with this pool; false where these are the ones.
    func isExchanged(since pool: DatabasePool) async -> Bool {
        while state.withLock({ $0.isExchanging }) { try? await Task.sleep(for: .milliseconds(5)) }
        return self.pool !== pool
    }

    private static func isFull(_ error: any Error) -> Bool {
        guard let error = ((error as? KeyStoreError)?.underlying ?? error) as? DatabaseError else { return false }
        return error.resultCode == .SQLITE_FULL || error.extendedResultCode == .SQLITE_IOERR_SHMSIZE
    }

    /// A file that could not be made says nothing of room: then the file system is asked.
    private static func isFull(_ error: any Error, _ directory: StoreDirectory) -> Bool {
        if isFull(error) { return true }
        let error = ((error as? KeyStoreError)?.underlying ?? error) as? DatabaseError
        return error?.resultCode == .SQLITE_CANTOPEN && !directory.hasRoom
    }
}
