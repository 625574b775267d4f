import FoundationEssentials
import Glibc
import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import Testing

/// A real file system, which only root can mount.
@Suite("A start on a full disk", .enabled(if: geteuid() == 0 && SmallDisk.isPossible, "mounting a small file system needs root"))
struct FullDiskStartTests {
    private let disk: SmallDisk
    private let path: String
    private let environment: EnvironmentRecord

    init() throws {
        disk = try SmallDisk()
        try disk.resize("4m")
        path = disk.path + "/state"
        environment = try Samples.environment("acme/prod")
    }

    private var id: EnvironmentID { environment.identity.id }

    private func open(in path: String? = nil) throws -> SQLiteStore {
        try SQLiteStore.open(in: path ?? self.path, rootKey: Samples.rootKey(), now: StateDirectory.now)
    }

    private func keys(_ count: Int) throws -> [KeyRecord] {
        try (0..<count).map { try Samples.key(.connection(ConnectionID("c\($0)"), version: 1), of: id) }
    }

    /// What is there is read, nothing is kept, and both change once there is room.
    private func check(_ store: SQLiteStore, _ kept: [KeyRecord], _ disk: SmallDisk) async throws {
        #expect(store.trouble?.summary == "the disk of the key store is full")
        for key in kept { #expect(try await store.key(key.id, of: id)?.wraps == key.wraps) }
        #expect(try await store.environments().map(\.identity) == [environment.identity])
        let key = try Samples.key(.connection(ConnectionID("new"), version: 1), of: id)
        let refusal = await #expect(throws: KeyStoreError.self) { try await store.insert(key) }
        #expect(refusal?.code == .notWritable, "\(String(describing: refusal))")
        await #expect(throws: KeyStoreError.any(.notWritable)) { try await store.purge() }
        // What SQLite freed of its log is taken, too.
        try disk.fill()
        store.look()
        #expect(store.trouble != nil)

        try disk.resize("8m")
        store.look()
        #expect(store.trouble == nil)
        #expect(try await store.insert(key).id == key.id)
        for key in kept + [key] { #expect(try await store.key(key.id, of: id)?.wraps == key.wraps) }
        try await store.purge()
        #expect(try await store.defect() == nil)
    }

    @Test("serves what is there, says so, and keeps what is new once there is room")
    func closedBefore() async throws {
        let kept = try keys(20)
        do {
            let store = try open()
            try await store.create(environment)
            for key in kept { _ = try await store.insert(key) }
            try store.close()
        }
        try disk.fill()
        try await check(open(), kept, disk)
        let again = try open()
        #expect(again.trouble == nil)
        #expect(try await again.contents(of: id).connectionKeys == 21)
    }

    @Test("reads what a crash left in the log too")
    func crashedBefore() async throws {
        let kept = try keys(20)
        let state = try StateDirectory()
        let running = try open(in: state.path)
        try await running.create(environment)
        for key in kept { _ = try await running.insert(key) }
        // As the disk has it when the daemon is killed: the index is memory.
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for name in ["store.sqlite", "store.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: "\(state.path)/\(name)", toPath: "\(path)/\(name)")
        }
        try disk.fill()
        try await check(open(), kept, disk)
        withExtendedLifetime(running) {}
    }

    @Test("is refused only where no store is there yet")
    func nothingThere() throws {
        try disk.fill()
        #expect(throws: KeyStoreError.any(.notWritable)) { try open() }
    }
}
