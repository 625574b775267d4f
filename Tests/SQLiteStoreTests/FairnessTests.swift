import FaultyFiles
import KeyHierarchy
import KeyStoreContract
import Testing

@testable import SQLiteStore

@Suite("The writer is shared by environments")
struct FairnessTests {
    private let state: StateDirectory
    private let disk: FaultyDisk
    private let store: SQLiteStore

    init() throws {
        state = try StateDirectory()
        disk = try FaultyDisk(below: state)
        store = try state.open()
    }

    private func key(_ number: Int, of environment: EnvironmentRecord) throws -> KeyRecord {
        try Samples.key(.connection(ConnectionID("c\(number)"), version: 1), of: environment.identity.id)
    }

    @Test("so that one which asks for a thousand keys does not keep another's first one waiting")
    func flood() async throws {
        let (greedy, honest) = (try Samples.environment("acme/greedy"), try Samples.environment("acme/honest"))
        try await store.create(greedy)
        try await store.create(honest)
        disk.hold()
        async let leading: Void = store.create(Samples.environment("acme/leader"))
        while !disk.isHeld { await Task.yield() }
        let keys = try (0..<3000).map { try key($0, of: greedy) }
        await withTaskGroup { group in
            for key in keys { group.addTask { [store] in _ = try? await store.insert(key) } }
            while store.insertions.waiting < keys.count { await Task.yield() }
            // Last of all, and one of the first to be served.
            let place = store.insertions.waiting
            async let first = store.insert(key(0, of: honest))
            while store.insertions.waiting == place { await Task.yield() }
            disk.release()
            _ = try? await first
            // In one line with the others it would be the last.
            #expect(store.insertions.waiting > 0)
        }
        try await leading
        #expect(try await store.contents(of: greedy.identity.id).connectionKeys == 3000)
        #expect(try await store.contents(of: honest.identity.id).connectionKeys == 1)
    }
}
