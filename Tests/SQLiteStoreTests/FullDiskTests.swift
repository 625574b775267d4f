import FoundationEssentials
import Glibc
import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import Testing

/// A real file system of half a MiB, which only root can mount.
@Suite("A full disk", .enabled(if: geteuid() == 0 && SmallDisk.isPossible, "mounting a small file system needs root"))
struct FullDiskTests {
    @Test("refuses a new key and keeps every old one; what is there is read after a start too")
    func full() async throws {
        let disk = try SmallDisk()
        let path = disk.path + "/state"
        let environment = try Samples.environment("acme/prod")
        let id = environment.identity.id
        var kept: [KeyRecord] = []
        do {
            let store = try SQLiteStore.open(in: path, rootKey: Samples.rootKey(), now: StateDirectory.now)
            try await store.create(environment)
            var refusal: KeyStoreError?
            for number in 0..<10_000 where refusal == nil {
                do throws(KeyStoreError) {
                    kept.append(try await store.insert(Self.key(number, of: id)))
                } catch { refusal = error }
            }
            #expect(refusal?.code == .notWritable, "\(String(describing: refusal))")
            #expect(refusal?.message.contains("full") == true)
            #expect(kept.count > 10)
            for key in kept { #expect(try await store.key(key.id, of: id)?.wraps == key.wraps) }
            try store.close()
        }
        // The log that the full disk left is put in place now, or by the next start with more room.
        try disk.resize("1m")
        try await expectAll(kept, of: id, in: path)
        try disk.fill()
        try await expectAll(kept, of: id, in: path)
        try disk.resize("2m")
        try await expectAll(kept, of: id, in: path)
    }

    private func expectAll(_ keys: [KeyRecord], of environment: EnvironmentID, in path: String) async throws {
        let store = try SQLiteStore.open(in: path, rootKey: Samples.rootKey(), now: StateDirectory.now)
        for key in keys { #expect(try await store.key(key.id, of: environment)?.wraps == key.wraps) }
        try store.close()
    }

    private static func key(_ number: Int, of environment: EnvironmentID) throws(KeyStoreError) -> KeyRecord {
        guard let key = try? Samples.key(.connection(ConnectionID("c\(number)"), version: 1), of: environment) else {
            throw KeyStoreError(.failed, "no random bytes", remedy: "")
        }
        return key
    }
}
