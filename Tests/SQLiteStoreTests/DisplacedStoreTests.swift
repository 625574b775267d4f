import FoundationEssentials
import Glibc
import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import Testing

@Suite("A store whose files are moved or deleted while it is open")
struct DisplacedStoreTests {
    enum Displacement: String, CaseIterable {
        case directoryMoved, directoryReplaced, lockDeleted, lockReplaced, databaseDeleted, databaseReplaced, logDeleted, indexDeleted

        func apply(to path: String) throws {
            let files = FileManager.default
            switch self {
            case .directoryMoved: try files.moveItem(atPath: path, toPath: path + "-moved")
            case .directoryReplaced:
                try files.moveItem(atPath: path, toPath: path + "-moved")
                try files.createDirectory(atPath: path, withIntermediateDirectories: false)
            case .lockDeleted: try files.removeItem(atPath: path + "/lock")
            case .lockReplaced: try Self.replace(path + "/lock")
            case .databaseDeleted: try files.removeItem(atPath: path + "/store.sqlite")
            case .databaseReplaced: try Self.replace(path + "/store.sqlite")
            case .logDeleted: try files.removeItem(atPath: path + "/store.sqlite-wal")
            case .indexDeleted: try files.removeItem(atPath: path + "/store.sqlite-shm")
            }
        }

        private static func replace(_ path: String) throws {
            try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
            guard rename(path + ".copy", path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
    }

    private let state: StateDirectory
    private let path: String
    private let environment: EnvironmentRecord

    init() throws {
        state = try StateDirectory()
        path = state.path + "/state"
        environment = try Samples.environment("acme/prod")
    }

    private func open() throws -> SQLiteStore {
        try SQLiteStore.open(in: path, rootKey: Samples.rootKey(), now: StateDirectory.now)
    }

    private func key(_ name: String) throws -> KeyRecord {
        try Samples.key(.connection(ConnectionID(name), version: 1), of: environment.identity.id)
    }

    @Test("keeps nothing more, says why, and serves what it can", arguments: Displacement.allCases)
    func displaced(_ displacement: Displacement) async throws {
        let store = try open()
        try await store.create(environment)
        let kept = try await store.insert(key("kept"))
        store.look()
        #expect(store.trouble == nil)
        try displacement.apply(to: path)

        let refusal = await #expect(throws: KeyStoreError.self) { try await store.insert(key("lost")) }
        #expect(refusal?.code == .notWritable && refusal?.message.contains("was ") == true, "\(String(describing: refusal))")
        await #expect(throws: KeyStoreError.any(.notWritable)) {
            try await store.make(.setRetention(Retention()), of: environment.identity.id)
        }
        #expect(store.trouble?.summary == "the key store was moved or deleted")
        await #expect(throws: KeyStoreError.any(.notWritable)) { try await store.defect() }
        #expect(try await store.key(kept.id, of: environment.identity.id)?.wraps == kept.wraps)
    }

    @Test("is noticed without a change too, and goes on once its directory is back")
    func back() async throws {
        let store = try open()
        try await store.create(environment)
        try FileManager.default.moveItem(atPath: path, toPath: path + "-moved")
        store.look()
        #expect(store.trouble?.message.contains("\(path), was moved or deleted") == true)
        try FileManager.default.moveItem(atPath: path + "-moved", toPath: path)
        store.look()
        #expect(store.trouble == nil)
        _ = try await store.insert(key("new"))
    }

    @Test("is never open twice", arguments: [Displacement.lockDeleted, .lockReplaced])
    func twice(_ displacement: Displacement) async throws {
        let store = try open()
        try await store.create(environment)
        try displacement.apply(to: path)
        #expect(throws: KeyStoreError.any(.inUse)) { try open() }
        try store.close()
    }

    @Test("is never open twice, by another name of its file either")
    func linked() async throws {
        let store = try open()
        try await store.create(environment)
        let other = state.path + "/other"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
            try FileManager.default.linkItem(atPath: "\(path)/\(name)", toPath: "\(other)/\(name)")
        }
        #expect(throws: KeyStoreError.any(.inUse)) {
            try SQLiteStore.open(in: other, rootKey: Samples.rootKey(), now: StateDirectory.now)
        }
        try store.close()
    }

    @Test("is not silently followed by an empty one", arguments: [true, false])
    func vanished(isAsking: Bool) async throws {
        do {
            let store = try open()
            try await store.create(environment)
            try store.close()
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name != "lock" {
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
        #expect(throws: KeyStoreError.any(.damaged)) { if isAsking { _ = try SQLiteStore.isUnused(in: path) } else { _ = try open() } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["lock"])
        try FileManager.default.removeItem(atPath: path + "/lock")
        try await open().create(environment)
    }
}
