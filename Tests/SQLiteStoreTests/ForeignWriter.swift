import GRDB

/// Another program that writes the store's file, and is in the middle of a transaction.
final class ForeignWriter: Sendable {
    private let queue: DatabaseQueue

    init(of state: StateDirectory) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: state.database, configuration: configuration)
        try queue.inDatabase { try $0.beginTransaction(.immediate) }
    }

    func end() throws {
        try queue.inDatabase { try $0.rollback() }
        try queue.close()
    }
}
