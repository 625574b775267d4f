import Cryptography
import EKMServer
import EKMWire
import Foundation
import KeyHierarchy
import Keyring
import MainKeys
import TestSupport
import Testing
import Upkeep

/// The server and its keyring look through the process that they are in: a fresh one, in which nothing else has run.
@Suite("A process's own memory", .enabled(if: ProcessMemory.isBearable, "a sanitizer's shadow would take hours to look through"))
struct MemoryOwnTests {
    @Test("holds keys until the clock reaches the deadline, and then none; and no client's data behind its answer")
    func deadline() async {
        await #expect(processExitsWith: .success) {
            #expect(WipingAllocator.install())
            let clock = ManualBootClock()
            let root = try RootKey.random()
            let store = InMemoryKeyStore()
            let provider = MainKeyCatalog([.managed: ManagedProvider(root: root, clock: clock)])
            let assembly = Assembly(
                store: store, provider: provider, root: root, clock: clock, wallClock: ManualWallClock(), clockFacts: ManualClockFacts())
            let directory = try TemporaryDirectory()
            let path = directory.file("ekmd.sock")
            let server = try await Server.start(
                on: .path(path, mode: 0o600, group: nil), loops: 1, hierarchies: assembly.hierarchies,
                observers: assembly.observers, root: root, authorizer: Authorizer(.ownerMayDoEverything(getuid())),
                daemon: DaemonFacts(version: "test", socket: path, state: directory.path, storeBackend: "memory"), clock: clock,
                wallClock: ManualWallClock())
            _ = try await assembly.hierarchies.environments.create(EnvironmentName("acme/prod"), reference: .managed, material: nil)

            let plaintexts = try Needles(byteCount: 16 << 20)
            let client = try MemoryLoopback(to: path, needles: plaintexts)
            var envelopes: [(name: String, bytes: [UInt8])] = []
            for (name, scope, count) in [
                ("the event", .event, 64), ("the job's data", .job("42"), 64 << 10), ("the connection's secret", .connection("crm"), 200),
                ("the log", .log, (1 << 20) - 1024),
            ] as [(String, EKMWire.Scope, Int)] {
                let plaintext = try client.plaintext(name, count)
                let envelope = try client.encrypt(plaintext, "acme/prod", scope)
                #expect(try client.decrypts(envelope, to: plaintext))
                envelopes.append((name, envelope))
            }
            try client.ping()
            let memory = ProcessMemory()
            let leaked = try memory.find(plaintexts).findings
            #expect(leaked.isEmpty, "of clients' data: \(leaked)")

            let keys = try Needles()
            try await Self.addKeys(of: envelopes, to: keys, from: store, provider)
            let live = Set(try memory.find(keys).findings.map(\.needle))
            for name in [
                "the environment key", "the hourly key", "the connection key", "the log key", "the data key of the job's data",
                "the log key → encrypt, key schedule", "the log key → commit, HMAC's inner state",
            ] { #expect(live.contains(name), "\(name) is not found even while it is in use: \(live.sorted())") }

            clock.advance(by: .seconds(301))
            assembly.expiry.tick()
            // Each loop is told on its own; its next answer comes after that.
            try client.ping()
            let left = try memory.find(keys).findings
            #expect(left.isEmpty, "\(left)")
            client.close()
            await server.shutdown(within: .milliseconds(500))
        }
    }

    /// What it opens meanwhile is wiped when it returns.
    private static func addKeys(
        of envelopes: [(name: String, bytes: [UInt8])], to needles: Needles, from store: InMemoryKeyStore, _ provider: any MainKeyProvider
    ) async throws {
        let record = try #require(try await store.environments().first)
        let mainKey = try provider.mainKey(for: record.mainKey, of: record.identity)
        let unwrapped = try await mainKey.unwrap(record.environmentKey.wrapped, for: record.identity)
        try await KeyLadder(record, payload: unwrapped.payload).add(to: needles, envelopes: envelopes, from: store)
    }
}
