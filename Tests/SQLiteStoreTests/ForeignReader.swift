import GRDB

/// Somebody else who reads the store, and holds one snapshot until it is told to end.
final class ForeignReader: Sendable {
    private let queue: DatabaseQueue
    private let gate = DispatchGate()
    private let reading: Task<Void, any Error>

    /// Reads when this returns.
    init(of state: StateDirectory) throws {
        let queue = try DatabaseQueue(path: state.database)
        let (began, gate) = (DispatchGate(), gate)
        self.queue = queue
        reading = Task.detached {
            try queue.read { database in
                _ = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM keys")
                began.open()
                gate.wait()
            }
        }
        began.wait()
    }

    func end() async throws {
        gate.open()
        try await reading.value
        try queue.close()
    }
}
