internal import Bedrock
internal import GRDB
internal import KeyHierarchy

extension SQLiteStore {
    /// Why nothing new is kept; nil where it is.
    package var trouble: StoreTrouble? { connections.trouble }

    /// Looks whether the files of the store are where they were, and whether a disk that was full has room again. To be called every
    /// second or so, from a thread that may wait for the disk.
    package func look() { connections.look() }

    /// Returns once the file was read, by a connection that nobody else uses. An error is an answer: a hung disk gives none.
    package func provesReading() async {
        guard let key = try? KeyID.random() else { return }
        _ = try? await connections.opened.probe.read { try Self.exists($0, "SELECT 1 FROM keys WHERE id = ?", [key.blob]) }
    }

    /// Returns once the writer has had a turn, or has got on with a long one.
    package func provesWriting() async {
        let before = WriterBeat.count
        let isAnswered = Lock(false)
        await withCheckedContinuation { continuation in
            let answer: @Sendable () -> Void = {
                let isFirst = isAnswered.withLock { isAnswered in
                    defer { isAnswered = true }
                    return !isAnswered
                }
                if isFirst { continuation.resume() }
            }
            connections.pool.asyncWriteWithoutTransaction { _ in answer() }
            Task {
                while WriterBeat.count == before, !isAnswered.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(250)) }
                answer()
            }
        }
    }
}
