internal import Bedrock
internal import GRDB
internal import KeyHierarchy

/// Lets the insertions of one moment share a transaction, and so its turn on the writer and its way to the disk. Each has the answer
/// that it would have alone: what fails takes back itself only, and where the transaction as a whole is not kept, each is tried by itself.
final class GroupCommit: Sendable {
    /// So many at most, so that who else waits for the writer does not wait long.
    static let most = 128

    private struct State {
        var waiting: [any GroupMember] = []
        var isScheduled = false
    }

    private let pool: DatabasePool
    private let deleted: DeletedBytes
    private let state = Lock(State())

    init(pool: DatabasePool, deleted: DeletedBytes) {
        self.pool = pool
        self.deleted = deleted
    }

    /// How many wait for the next turn.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Runs a transaction, maybe together with others; durable when it returns.
    /// - Throws: What `transaction` throws, or GRDB's error, after which nothing of it is kept; or `.unknownOutcome`.
    func run<R: Sendable>(_ transaction: StoreTransaction<R>) async throws -> R {
        try await withCheckedContinuation { continuation in
            add(WaitingTransaction(transaction) { continuation.resume(returning: $0) })
        }.get()
    }

    private func add(_ member: any GroupMember) {
        let isFirst = state.withLock { state in
            state.waiting.append(member)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { schedule() }
    }

    private func schedule() {
        pool.asyncWriteWithoutTransaction { [self] database in
            let (members, isMore) = state.withLock { state in
                let members = Array(state.waiting.prefix(Self.most))
                state.waiting.removeFirst(members.count)
                state.isScheduled = !state.waiting.isEmpty
                return (members, state.isScheduled)
            }
            // A turn of its own: others may stand between.
            if isMore { schedule() }
            run(members, database)
        }
    }

    private func run(_ members: [any GroupMember], _ database: Database) {
        if members.count > 1, runTogether(members, database) { return }
        for member in members { member.runAlone(database) }
    }

    /// - Returns: false where nothing is kept, and nobody has an answer.
    private func runTogether(_ members: [any GroupMember], _ database: Database) -> Bool {
        let group = StoreTransaction(
            isKept: { database in try members.map { try $0.settle(database) }.contains(true) },
            body: { database in for member in members { try member.run(database) } }, deleted: deleted)
        do {
            try group.run(database)
        } catch let error as KeyStoreError where error.code == .unknownOutcome {
            for member in members { member.answerUnknown(error) }
            return true
        } catch { return false }
        for member in members { member.isMissing ? member.runAlone(database) : member.answer() }
        return true
    }
}
