internal import Bedrock
internal import GRDB
internal import KeyHierarchy

/// Lets the insertions of one moment share a transaction, and so its turn on the writer and its way to the disk. Each has the answer
/// that it would have alone: what fails takes back itself only, and where the transaction as a whole is not kept, each is tried by itself.
///
/// Each environment has a line of its own, and these are served in turn: one that asks for ever more keys makes its own wait.
final class GroupCommit: Sendable {
    /// So many at most, so that who else waits for the writer does not wait long.
    static let most = 128
    /// So many of one environment at most, so that a group is over soon for whoever comes meanwhile. New environments are made by those
    /// who administer: theirs is a line without that bound.
    static let mostOfOne = 32

    private struct State {
        var waiting = FairLines<EnvironmentID?, any GroupMember>()
        var isScheduled = false
    }

    private let connections: StoreConnections
    private let deleted: DeletedBytes
    private let state = Lock(State())

    init(_ connections: StoreConnections, deleted: DeletedBytes) {
        self.connections = connections
        self.deleted = deleted
    }

    /// How many wait for the next turn.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Runs a transaction, maybe together with others; durable when it returns.
    /// - Parameter environment: In whose line it waits; nil for that of all new environments together.
    /// - Throws: What `transaction` throws, or GRDB's error, after which nothing of it is kept; or `.unknownOutcome`.
    func run<R: Sendable>(_ transaction: StoreTransaction<R>, of environment: EnvironmentID?) async throws -> R {
        try await withCheckedContinuation { continuation in
            add(WaitingTransaction(transaction) { continuation.resume(returning: $0) }, of: environment)
        }.get()
    }

    private func add(_ member: any GroupMember, of environment: EnvironmentID?) {
        let isFirst = state.withLock { state in
            state.waiting.append(member, for: environment)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { schedule() }
    }

    private func schedule() {
        connections.pool.asyncWriteWithoutTransaction { [self] database in
            let (members, isMore) = state.withLock { state in
                let members = state.waiting.take(most: Self.most, ofOne: { $0 == nil ? Self.most : Self.mostOfOne })
                state.isScheduled = !state.waiting.isEmpty
                return (members, state.isScheduled)
            }
            // A turn of its own: others may stand between.
            if isMore { schedule() }
            runOrRefuse(members, database)
        }
    }

    private func runOrRefuse(_ members: [any GroupMember], _ database: Database) {
        do throws(KeyStoreError) { try connections.requireChanges() } catch {
            for member in members { member.refuse(error) }
            return
        }
        run(members, database)
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
