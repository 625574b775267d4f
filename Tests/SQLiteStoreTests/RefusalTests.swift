import FoundationEssentials
import GRDB
import Glibc
import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import Testing

@Suite("A start is refused, and no byte changes")
struct RefusalTests {
    private let state: StateDirectory
    private let environment: EnvironmentRecord

    init() async throws {
        state = try StateDirectory()
        environment = try Samples.environment("acme/prod")
        try await state.fill([environment], keys: (0..<20).map { try Samples.key(.log(version: $0), of: environment.identity.id) })
    }

    @Test("where the store was spoilt", arguments: Spoiling.allCases, [true, false])
    func spoilt(_ spoiling: Spoiling, keepsLock: Bool) async throws {
        try spoiling.apply(to: state)
        if !keepsLock { try FileManager.default.removeItem(atPath: state.path + "/lock") }
        let before = try state.contents
        let error = #expect(throws: KeyStoreError.self) { try state.open() }
        #expect(error?.code == spoiling.code, "\(String(describing: error))")
        #expect(error?.message.contains(spoiling.says) == true, "\(String(describing: error))")
        if spoiling.showsWithoutRootKey {
            let asked = #expect(throws: KeyStoreError.self) { try SQLiteStore.isUnused(in: state.path) }
            #expect(asked?.code == spoiling.code)
        }
        #expect(try state.contents == before)
    }

    @Test("where others could put another store in its place", arguments: ["", "/store.sqlite"])
    func replaceable(_ file: String) throws {
        let before = try state.contents
        if geteuid() == 0 {
            chown(state.path + file, 12_345, 0)
            let error = #expect(throws: KeyStoreError.self) { try state.open() }
            #expect(error?.code == .notWritable)
            #expect(error?.message.contains("\(state.path + file) belongs to user 12345") == true, "\(String(describing: error))")
            #expect(error?.remedy.contains("chown 0 \(state.path + file)") == true, "\(String(describing: error))")
            chown(state.path + file, 0, 0)
        }
        chmod(state.path, 0o777)
        let error = #expect(throws: KeyStoreError.self) { try state.open() }
        #expect(error?.remedy == "Run: chmod 700 \(state.path)", "\(String(describing: error))")
        #expect(try state.contents == before)
        chmod(state.path, 0o700)
        try state.open().close()
    }

    @Test("under another root key")
    func otherRootKey() throws {
        let before = try state.contents
        for adopting in [false, true] {
            let error = #expect(throws: KeyStoreError.self) {
                try SQLiteStore.open(in: state.path, rootKey: Samples.rootKey(8), now: StateDirectory.now, adoptingUnused: adopting)
            }
            #expect(error?.code == .wrongRootKey)
        }
        #expect(try state.contents == before)
    }

    @Test("also where a crash left the log full: nothing moves from it, and all of it is there later", arguments: [true, false])
    func afterCrash(hasIndex: Bool) async throws {
        let store = try state.open()
        let key = try await store.insert(Samples.key(Samples.hourly(100), of: environment.identity.id))
        let crashed = try StateDirectory()
        for (name, bytes) in try state.contents where hasIndex || !name.hasSuffix("-shm") { try crashed.write(bytes, to: name) }
        try store.close()
        let before = try crashed.contents
        #expect((before["store.sqlite-wal"]?.count ?? 0) > 0)

        let error = #expect(throws: KeyStoreError.self) { try crashed.open(8) }
        #expect(error?.code == .wrongRootKey)
        #expect(try SQLiteStore.isUnused(in: crashed.path) == false)
        #expect(try crashed.contents == before)

        let again = try crashed.open()
        #expect(try await again.hourlyKey(of: environment.identity.id, for: 100)?.id == key.id)
        #expect(try crashed.contents["store.sqlite-wal"]?.isEmpty == true)
    }

    @Test("while another has the store, and the message names its process")
    func inUse() async throws {
        let store = try state.open()
        let before = try state.contents
        let error = #expect(throws: KeyStoreError.self) { try state.open() }
        #expect(error?.code == .inUse)
        #expect(error?.message.contains("Process \(getpid()) ") == true)
        #expect(throws: KeyStoreError.any(.inUse)) { try SQLiteStore.isUnused(in: state.path) }
        #expect(try state.contents == before)
        #expect(try await store.environments().count == 1)
    }

    @Test("where a file stands in the directory's place, or above it")
    func noDirectory() throws {
        try state.write([1], to: "file")
        for path in ["\(state.path)/file", "\(state.path)/file/state"] {
            let error = #expect(throws: KeyStoreError.self) {
                try SQLiteStore.open(in: path, rootKey: Samples.rootKey(), now: StateDirectory.now)
            }
            #expect(error?.code == .notWritable, "\(String(describing: error))")
        }
        #expect(try state.contents["file"] == [1])
    }

    @Test("where the daemon's user may not write", arguments: ["", "lock", "store.sqlite"])
    func notWritable(_ name: String) async throws {
        let before = try state.contents
        for file in ["", "lock", "store.sqlite"] { #expect(chmod("\(state.path)/\(file)", file.isEmpty ? 0o777 : 0o666) == 0) }
        if name.isEmpty { try FileManager.default.removeItem(atPath: state.path + "/lock") }
        #expect(chmod("\(state.path)/\(name)", name.isEmpty ? 0o555 : 0o444) == 0)
        let error = try await Unprivileged.run { [state] in
            do {
                _ = try state.open()
                return nil as KeyStoreError?
            } catch { return error as? KeyStoreError }
        }
        #expect(error?.code == .notWritable, "\(String(describing: error))")
        #expect(chmod(state.path, 0o700) == 0)
        #expect(try state.contents.filter { $0.key != "lock" } == before.filter { $0.key != "lock" })
    }
}
