import Cryptography
import FoundationEssentials
import KeyHierarchy
import KeyStoreContract
import Keyring
import MainKeys
import SQLiteStore
import TestSupport
import Testing

@Suite("While another program reads the store's file")
struct ForeignReaderTests {
    private let state: StateDirectory
    private let store: SQLiteStore
    private let hierarchies: Hierarchies
    private let clock = ManualBootClock()
    private let told = Guarded<[String]>([])

    init() throws {
        state = try StateDirectory()
        store = try state.open()
        let root = try Samples.rootKey()
        hierarchies = Hierarchies(
            store: store, clockLedger: store, provider: MaterialProvider(root: root, clock: clock), root: root, clock: clock,
            wallClock: ManualWallClock()
        ) { [told] event in
            if case .purged = event { told.with { $0.append("purged") } }
        }
    }

    private func environment() async throws -> LiveEnvironment {
        let material = [UInt8](repeating: 7, count: 32)
        return try await hierarchies.environments.create(
            EnvironmentName("acme/prod"), reference: .material, material: SecretBytes(copying: material.span.bytes))
    }

    /// Whether the bytes stand in any file of the store.
    private func stands(_ bytes: [UInt8]) throws -> Bool {
        try state.contents.values.contains { Data($0).firstRange(of: Data(bytes)) != nil }
    }

    /// Waits until the store's file says so, whoever asks it.
    private func until(_ condition: (SQLiteStore) async throws -> Bool) async throws {
        while try await !condition(store) { await Task.yield() }
    }

    @Test("an environment that is deleted is gone at once, and its bytes once the reader has ended") func deletion() async throws {
        let environment = try await environment()
        let held = try await hierarchies.fetcher.encryptionKey(for: .log, of: environment)
        let wrapped = try #require(try await store.environment(environment.identity.id)).environmentKey.wrapped
        let reader = try ForeignReader(of: state)
        let hierarchies = hierarchies
        let deletion = Task {
            try await hierarchies.environments.delete(environment.identity.name, confirmation: environment.identity.name.description)
        }
        try await until { try await $0.environment(environment.identity.id) == nil }
        // The store still tries to empty its log: what is acknowledged now, nobody could read after a restart.
        // Wiped as soon as the commit is known here, and not with the answer.
        while held.withSecret({ _ in true }) != nil { await Task.yield() }
        await #expect(throws: HierarchyError(.unknownEnvironment, "", remedy: "")) {
            try await hierarchies.fetcher.encryptionKey(for: .log, of: environment)
        }

        let purge = try await deletion.value.purgeDue
        #expect(purge?.reason.contains("still stand in the log") == true)
        #expect(hierarchies.keyring.environments.isEmpty && hierarchies.records.purgeDue == purge)
        #expect(hierarchies.views.warnings.count == 1)
        #expect(try stands(wrapped))

        try await reader.end()
        await hierarchies.records.settle()
        #expect(hierarchies.records.purgeDue == nil && hierarchies.views.warnings.isEmpty && told.with { $0 } == ["purged"])
        #expect(try !stands(wrapped))
    }

    @Test("a deletion that says that nothing is left has left no wrap of any key")
    func wraps() async throws {
        let environment = try await environment()
        var wraps: [[UInt8]] = []
        for number in 0..<50 {
            let key = try await hierarchies.fetcher.encryptionKey(for: .connection(ConnectionID("c\(number)")), of: environment)
            let record = try #require(try await store.key(key.id, of: environment.identity.id))
            wraps += record.wraps.map(\.bytes)
        }
        #expect(try wraps.count == 50 && wraps.allSatisfy(stands))
        let name = environment.identity.name
        #expect(try await hierarchies.environments.delete(name, confirmation: name.description).purgeDue == nil)
        #expect(try !wraps.contains(where: stands))
    }

    @Test("a deletion whose rows cannot go yet says so, and they go with the next settling")
    func rows() async throws {
        let environment = try await environment()
        let key = try await hierarchies.fetcher.encryptionKey(for: .connection(ConnectionID("c")), of: environment)
        let wraps = try #require(try await store.key(key.id, of: environment.identity.id)).wraps.map(\.bytes)
        let hierarchies = hierarchies
        let name = environment.identity.name
        // The deletion itself commits; then somebody writes.
        let deletion = Task { try await hierarchies.environments.delete(name, confirmation: name.description) }
        try await until { try await $0.environment(environment.identity.id) == nil }
        let writer = try? ForeignWriter(of: state)
        let due = try await deletion.value.purgeDue
        #expect(try due != nil || !wraps.contains(where: stands))
        withExtendedLifetime(writer) {}
        try writer?.end()
        await hierarchies.records.settle()
        #expect(hierarchies.records.purgeDue == nil)
        #expect(try !wraps.contains(where: stands))
    }

    @Test("material that is withdrawn serves nobody from then on, and is gone once the reader has ended") func withdrawal() async throws {
        let environment = try await environment()
        let held = try await hierarchies.fetcher.encryptionKey(for: .log, of: environment)
        let sealed = try #require(try await store.environment(environment.identity.id)?.mainKey.sealedMaterial)
        let reader = try ForeignReader(of: state)
        let hierarchies = hierarchies
        let withdrawal = Task {
            try await hierarchies.mainKeys.withdrawMaterial(of: environment, confirmation: environment.identity.name.description)
        }
        try await until { try await $0.environment(environment.identity.id)?.mainKey.sealedMaterial == nil }
        // Wiped as soon as the commit is known here, and not with the answer.
        while held.withSecret({ _ in true }) != nil { await Task.yield() }
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) {
            try await hierarchies.fetcher.encryptionKey(for: .log, of: environment)
        }

        #expect(try await withdrawal.value?.reason.contains("still stand in the log") == true)
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) {
            try await hierarchies.fetcher.encryptionKey(for: .log, of: environment)
        }
        #expect(environment.state(at: clock.now) == .revoked)
        #expect(try stands(sealed))

        try await reader.end()
        await hierarchies.records.settle()
        #expect(hierarchies.records.purgeDue == nil)
        #expect(try !stands(sealed))
    }
}
