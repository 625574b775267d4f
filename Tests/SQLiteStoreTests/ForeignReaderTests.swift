import Cryptography
import FoundationEssentials
import KeyHierarchy
import MainKeys
import SQLiteStore
import TestSupport
import Testing

@Suite("While another program reads the store's file")
struct ForeignReaderTests {
    private let state: StateDirectory
    private let store: SQLiteStore
    private let keyring: Keyring
    private let clock = ManualBootClock()
    private let told = Guarded<[String]>([])

    init() throws {
        state = try StateDirectory()
        store = try state.open()
        let root = try Samples.rootKey()
        keyring = Keyring(
            store: store, provider: MaterialProvider(root: root, clock: clock), root: root, clock: clock, wallClock: ManualWallClock()
        ) { [told] event in
            if case .purged = event { told.with { $0.append("purged") } }
        }
    }

    private func environment() async throws -> LiveEnvironment {
        let material = [UInt8](repeating: 7, count: 32)
        return try await keyring.createEnvironment(
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
        let held = try await keyring.encryptionKey(for: .log, of: environment)
        let wrapped = try #require(try await store.environment(environment.identity.id)).environmentKey.wrapped
        let reader = try ForeignReader(of: state)
        let keyring = keyring
        let deletion = Task {
            try await keyring.deleteEnvironment(environment.identity.name, confirmation: environment.identity.name.description)
        }
        try await until { try await $0.environment(environment.identity.id) == nil }
        // The store still tries to empty its log: what is acknowledged now, nobody could read after a restart.
        #expect(held.withSecret { _ in true } == nil)
        await #expect(throws: HierarchyError(.unknownEnvironment, "", remedy: "")) {
            try await keyring.encryptionKey(for: .log, of: environment)
        }

        let purge = try await deletion.value.purge
        #expect(purge?.reason.contains("still stand in the log") == true)
        #expect(keyring.environments.isEmpty && keyring.purgeDue == purge)
        #expect(keyring.warnings.count == 1)
        #expect(try stands(wrapped))

        try reader.end()
        await keyring.perform(.tickClock)
        #expect(keyring.purgeDue != nil, "it is not tried all the time")
        clock.advance(by: Keyring.purgeInterval)
        await keyring.perform(.tickClock)
        #expect(keyring.purgeDue == nil && keyring.warnings.isEmpty && told.with { $0 } == ["purged"])
        #expect(try !stands(wrapped))
    }

    @Test("material that is withdrawn serves nobody from then on, and is gone once the reader has ended") func withdrawal() async throws {
        let environment = try await environment()
        let held = try await keyring.encryptionKey(for: .log, of: environment)
        let sealed = try #require(try await store.environment(environment.identity.id)?.mainKey.sealedMaterial)
        let reader = try ForeignReader(of: state)
        let keyring = keyring
        let withdrawal = Task {
            try await keyring.withdrawMaterial(of: environment, confirmation: environment.identity.name.description)
        }
        try await until { try await $0.environment(environment.identity.id)?.mainKey.sealedMaterial == nil }
        #expect(held.withSecret { _ in true } == nil)
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) { try await keyring.encryptionKey(for: .log, of: environment) }

        #expect(try await withdrawal.value?.reason.contains("still stand in the log") == true)
        await #expect(throws: HierarchyError(.revoked, "", remedy: "")) { try await keyring.encryptionKey(for: .log, of: environment) }
        #expect(environment.state(at: clock.now) == .revoked)
        #expect(try stands(sealed))

        try reader.end()
        clock.advance(by: Keyring.purgeInterval)
        await keyring.perform(.tickClock)
        #expect(keyring.purgeDue == nil)
        #expect(try !stands(sealed))
    }
}
