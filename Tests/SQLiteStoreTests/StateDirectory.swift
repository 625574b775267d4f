import FoundationEssentials
import GRDB
import KeyHierarchy
import KeyStoreContract
import SQLiteStore

/// A state directory of a test; gone when the value is.
final class StateDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "ekmd-store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/store.sqlite" }

    /// Every file of the directory, byte by byte.
    var contents: [String: [UInt8]] {
        get throws {
            var contents: [String: [UInt8]] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: path) {
                contents[name] = [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
            }
            return contents
        }
    }

    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(filePath: "\(path)/\(name)")) }

    /// A store with these environments, closed again.
    func fill(_ environments: [EnvironmentRecord] = [], keys: [KeyRecord] = [], rootKey: UInt8 = 7) async throws {
        let store = try SQLiteStore.open(in: path, rootKey: Samples.rootKey(rootKey), now: WallTime(seconds: 1_700_000_000))
        for environment in environments { try await store.create(environment) }
        for key in keys { _ = try await store.insert(key) }
        try store.close()
    }

    /// Changes the database as other hands would: nothing holds them back.
    func edit(_ sql: String, _ arguments: StatementArguments = []) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: database, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try database.execute(sql: sql, arguments: arguments)
            _ = try database.checkpoint(.truncate)
        }
        try queue.close()
    }

    func open(_ rootKey: UInt8 = 7) throws -> SQLiteStore {
        try SQLiteStore.open(in: path, rootKey: Samples.rootKey(rootKey), now: WallTime(seconds: 1_700_000_000))
    }
}

extension Identifier {
    /// As SQL takes it.
    var data: Data { Data(bytes) }
}
