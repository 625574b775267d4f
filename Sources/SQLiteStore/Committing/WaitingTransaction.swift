internal import Bedrock
internal import GRDB
internal import KeyHierarchy

/// A transaction, and who waits for its answer.
final class WaitingTransaction<R: Sendable>: GroupMember {
    private let transaction: StoreTransaction<R>
    private let tell: @Sendable (Result<R, any Error>) -> Void
    private let state = Lock(State())

    private struct State {
        var result: Result<R, any Error>?
        var isMissing = false

        var isDone: Bool {
            if case .success? = result { true } else { false }
        }
    }

    init(_ transaction: StoreTransaction<R>, tell: @escaping @Sendable (Result<R, any Error>) -> Void) {
        self.transaction = transaction
        self.tell = tell
    }

    var isMissing: Bool { state.withLock { $0.isMissing } }

    func run(_ database: Database) throws {
        let before = transaction.deleted.pending
        try database.execute(sql: "SAVEPOINT member")
        let outcome = Result { try transaction.body(database) }
        // Some failures of the disk end the whole transaction.
        guard database.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        if case .failure = outcome {
            try database.execute(sql: "ROLLBACK TO member")
            transaction.deleted.goBack(to: before)
        }
        try database.execute(sql: "RELEASE member")
        state.withLock { $0.result = outcome }
    }

    func refuse(_ error: KeyStoreError) { tell(.failure(error)) }

    func runAlone(_ database: Database) { tell(Result { try transaction.run(database) }) }

    func settle(_ database: Database) throws -> Bool {
        let isKept = try state.withLock { $0.isDone } && transaction.isKept(database)
        state.withLock { $0.isMissing = !isKept }
        return isKept
    }

    func answer() { tell(state.withLock { $0.result } ?? .failure(DatabaseError(resultCode: .SQLITE_ABORT))) }

    func answerUnknown(_ error: KeyStoreError) {
        guard state.withLock({ $0.isDone }) else { return answer() }
        tell(.failure(error))
    }
}
