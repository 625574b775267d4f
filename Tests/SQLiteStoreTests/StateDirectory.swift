import FoundationEssentials
import GRDB
import Glibc
import KeyHierarchy
import KeyStoreContract
import SQLiteStore

/// A state directory of a test; gone when the value is.
final class StateDirectory: Sendable {
    let path: String
    /// When the stores of tests are made.
    static let now = WallTime(seconds: 1_700_000_000)

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
        let store = try SQLiteStore.open(in: path, rootKey: Samples.rootKey(rootKey), now: Self.now)
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
        try SQLiteStore.open(in: path, rootKey: Samples.rootKey(rootKey), now: Self.now)
    }
}

extension Identifier {
    /// As SQL takes it.
    var data: Data { Data(bytes) }
}

extension [UInt8] {
    /// Whether a run of bytes stands anywhere in these.
    func holds(_ run: [UInt8]) -> Bool { place(of: run) != nil }

    /// Where a run of bytes begins.
    func place(of run: [UInt8]) -> Int? {
        withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, let first = run.first else { return nil }
            var place = 0
            while place + run.count <= bytes.count, let found = memchr(start + place, CInt(first), bytes.count - run.count - place + 1) {
                place = UnsafeRawPointer(found) - start
                if memcmp(start + place, run, run.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }
}
