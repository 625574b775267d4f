internal import Bedrock
internal import GRDB
internal import KeyHierarchy

/// Has the whole store looked at, once at a time: whoever asks meanwhile gets the same answer. It has a connection of its own, and a
/// snapshot for each table, so that neither a reader nor a purge waits for the whole.
final class StoreExamination: Sendable {
    private typealias Finding = Result<String?, KeyStoreError>

    private let connections: StoreConnections
    private let running = Lock<Task<Finding, Never>?>(nil)

    init(_ connections: StoreConnections) { self.connections = connections }

    /// - Returns: SQLite's words for the first thing that is wrong; nil where nothing is.
    func defect() async throws(KeyStoreError) -> String? {
        let task = running.withLock { running in
            if let running { return running }
            let begun = Task { await self.examine() }
            running = begun
            return begun
        }
        return try await task.value.get()
    }

    private func examine() async -> Finding {
        defer { running.withLock { $0 = nil } }
        let directory = connections.directory
        do {
            let queue = try DatabaseQueue(path: connections.opened.source, configuration: StoreOpening.reading())
            defer { try? queue.close() }
            let check = PageCheck(size: StoreDirectory.size(of: directory.database) ?? 0)
            for slice in try await queue.read({ try check.slices(of: $0) }) {
                if let defect = try await queue.read({ try PageCheck.defect(in: slice, $0) }) { return .success(defect) }
            }
            return .success(nil)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB {
            return .success(error.message ?? "SQLite cannot read it")
        } catch { return .failure(KeyStoreError(error, in: directory.path)) }
    }
}
