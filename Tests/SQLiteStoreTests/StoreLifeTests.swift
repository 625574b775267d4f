import GRDB
import KeyHierarchy
import KeyStoreContract
import Testing

@testable import SQLiteStore

@Suite("A store's signs of life")
struct StoreLifeTests {
    /// Whether it ends soon, with who holds what meanwhile.
    private func ends(_ body: @escaping @Sendable () async -> Void, within time: Duration = .seconds(5)) async -> Bool {
        await withCheckedContinuation { continuation in
            let isTold = AtomicFlag()
            Task {
                await body()
                if isTold.set() { continuation.resume(returning: true) }
            }
            Task {
                try? await Task.sleep(for: time)
                if isTold.set() { continuation.resume(returning: false) }
            }
        }
    }

    /// Keeps every reader of the pool busy until the gates open.
    private func holdReaders(of store: SQLiteStore) -> [DispatchGate] {
        (0..<8).map { _ in
            let gate = DispatchGate()
            store.connections.pool.asyncRead { _ in gate.wait() }
            return gate
        }
    }

    @Test("come from its reader while all others are busy, and so does what is found in the whole store")
    func busyReaders() async throws {
        let state = try StateDirectory()
        let store = try state.open()
        try await store.create(Samples.environment("acme/prod"))
        let gates = holdReaders(of: store)
        #expect(await ends { await store.provesReading() })
        #expect(await ends { _ = try? await store.defect() })
        for gate in gates { gate.open() }
    }

    @Test("come from its writer while it works on, and not while it hangs")
    func writer() async throws {
        let state = try StateDirectory()
        let store = try state.open()
        #expect(await ends { await store.provesWriting() })
        let gate = DispatchGate()
        store.connections.pool.asyncWriteWithoutTransaction { _ in gate.wait() }
        #expect(await !ends({ await store.provesWriting() }, within: .milliseconds(600)))
        gate.open()
        // Seconds of work, were it not interrupted.
        store.connections.pool.asyncWriteWithoutTransaction { database in
            let long = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000000) SELECT COUNT(*) FROM n"
            _ = try? Int.fetchOne(database, sql: long)
        }
        #expect(await ends { await store.provesWriting() })
        store.connections.pool.interrupt()
        try store.close()
    }

    @Test("are not asked of the whole store by two at once")
    func examination() async throws {
        let state = try StateDirectory()
        let store = try state.open()
        for number in 0..<20 { try await store.create(Samples.environment("acme/e\(number)")) }
        let answers = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { (try? await store.defect()) == .some(nil) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 200 && answers.allSatisfy { $0 })
    }
}
