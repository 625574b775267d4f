import Cryptography
import EKMServer
import KeyHierarchy
import Keyring
import MainKeys
import TestSupport
import Testing
import Upkeep

@Suite("A key that is fetched twice at a time")
struct MemoryTogetherTests {
    @Test("by a request that encrypts and one that decrypts stays usable for both")
    func together() async throws {
        let clock = ManualBootClock()
        let root = try RootKey.random()
        let provider = MainKeyCatalog([.managed: ManagedProvider(root: root, clock: clock)])
        let wallClock = ManualWallClock()
        let assembly = Assembly(
            store: InMemoryKeyStore(), provider: provider, root: root, clock: clock, wallClock: wallClock, clockFacts: ManualClockFacts())
        let hierarchies = assembly.hierarchies
        let environment = try await hierarchies.environments.create(EnvironmentName("acme/prod"), reference: .managed, material: nil)
        let envelope = try await hierarchies.fetcher.encryptionKey(for: .event, of: environment).header
        let header = try EnvelopeHeader(parsing: envelope.span.bytes)
        for turn in 0..<200 {
            clock.advance(by: .seconds(301))
            assembly.expiry.tick()
            async let encrypting = hierarchies.fetcher.encryptionKey(for: .event, of: environment)
            async let decrypting = hierarchies.fetcher.decryptionKey(for: header, envelope: envelope, of: environment)
            _ = try await (encrypting, decrypting)
            let key = try await hierarchies.fetcher.encryptionKey(for: .event, of: environment)
            try #require(key.withSecret { $0.byteCount } == 32, "the key that encrypts was wiped, in turn \(turn)")
            let warm = try #require(environment.encryptionKey(for: .event, hour: wallClock.now.hour, at: clock.now))
            try #require(warm.withSecret { $0.byteCount } == 32, "the warm path has a key that was wiped, in turn \(turn)")
        }
    }
}
