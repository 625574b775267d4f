import GRDB

/// Another program that reads the store's file, as a backup does: it holds the snapshot of the moment at which it began.
final class ForeignReader: Sendable {
    private let queue: DatabaseQueue

    init(of state: StateDirectory) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: state.database, configuration: configuration)
        try queue.inDatabase { database in
            try database.beginTransaction(.deferred)
            _ = try Row.fetchAll(database, sql: "SELECT COUNT(*) FROM environments")
        }
    }

    func end() throws {
        try queue.inDatabase { try $0.rollback() }
        try queue.close()
    }
}
