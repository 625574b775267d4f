import Bedrock
import Cryptography
import KeyHierarchy
import Keyring
import MainKeys
import TestSupport

/// Hierarchies with clocks that a test moves, main keys that it commands, and a store in memory.
final class KeyringFixture: Sendable {
    let clock = ManualBootClock()
    let wallClock = ManualWallClock()
    let clockFacts = ManualClockFacts()
    let store = InMemoryKeyStore()
    let keys: FakeMainKeys
    let hierarchies: Hierarchies
    let root: RootKey
    let events = Lock<[String]>([])

    /// - Parameter local: whether main keys are real ones that ekmd keeps, instead of those that the test commands.
    init(_ settings: KeyringSettings = KeyringSettings(), local: Bool = false) throws {
        keys = try FakeMainKeys(clock: clock)
        root = try RootKey.random()
        let provider: any MainKeyProvider = local ? MaterialProvider(root: root, clock: clock) : keys
        let events = events
        hierarchies = Hierarchies(
            store: store, clockLedger: store, provider: provider, root: root, settings: settings, clock: clock, wallClock: wallClock,
            clockFacts: clockFacts
        ) { event in
            events.withLock { events in
                switch event {
                case .deadlineMoved: events.append("deadline moved")
                case .verdict(_, let verdict, _): events.append("verdict \(verdict.verdict.name)")
                case .damaged: events.append("damaged")
                case .dropped: events.append("dropped")
                case .adopted(_, let version, _): events.append("adopted \(version)")
                case .repackDue: events.append("repack due")
                case .repacked: events.append("repacked")
                case .repackEnded(_, let version, let end): events.append("repack to \(version) \(end.rawValue)")
                case .clock(let state): events.append(state == .believed ? "clock believed" : "clock in doubt")
                case .purged: events.append("purged")
                case .warning(_, let sentence): events.append("warning \(sentence)")
                }
            }
        }
    }

    /// An environment whose cache is empty, as after a start.
    func environment(_ name: String) async throws -> LiveEnvironment {
        let environment = try await warmEnvironment(name)
        clock.advance(by: hierarchies.keeper.settings.timeToLive)
        hierarchies.expire(environment.identity.id)
        return environment
    }

    func warmEnvironment(_ name: String) async throws -> LiveEnvironment {
        try await hierarchies.environments.create(EnvironmentName(name), reference: .managed, material: nil)
    }

    func encrypt(_ text: String, _ scope: Scope, in environment: LiveEnvironment, context: [UInt8] = []) async throws -> [UInt8] {
        let key = try await hierarchies.fetcher.encryptionKey(for: scope, of: environment)
        return try Self.seal(text, under: key, context: context)
    }

    static func seal(_ text: String, under key: CachedKey, context: [UInt8] = []) throws -> [UInt8] {
        let plaintext = Array(text.utf8)
        let nonce = try Random.bytes(EnvelopeCipher.nonceSize)
        let cipher = try key.withSecret { secret in Boxed(try EnvelopeCipher(key: secret)) }
        guard let cipher else { throw HierarchyError(.wiped, "wiped", remedy: "") }
        let header = key.header
        let sealed = try [UInt8](unsafeUninitializedCapacity: plaintext.count + EnvelopeCipher.overhead) { buffer, count in
            var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
            try cipher.value.seal(
                plaintext.span.bytes, header: header.span.bytes, context: context.span.bytes, nonce: nonce.span.bytes, into: &output)
            count = output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
        }
        return key.header + sealed
    }

    func decrypt(_ envelope: [UInt8], context: [UInt8] = [], as environment: LiveEnvironment? = nil) async throws -> String {
        let header = try EnvelopeHeader(parsing: envelope.span.bytes)
        guard let environment = environment ?? hierarchies.keyring.environment(header.environment) else {
            throw HierarchyError(.unknownEnvironment, "unknown", remedy: "")
        }
        let key = try await hierarchies.fetcher.decryptionKey(for: header, envelope: envelope, of: environment)
        let size = EnvelopeHeader.byteCount(for: header.scope)
        let (head, sealed) = (Array(envelope.prefix(size)), Array(envelope.dropFirst(size)))
        let cipher = try key.withSecret { secret in Boxed(try EnvelopeCipher(key: secret)) }
        guard let cipher else { throw HierarchyError(.wiped, "wiped", remedy: "") }
        let plaintext = try [UInt8](unsafeUninitializedCapacity: envelope.count) { buffer, count in
            var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
            try cipher.value.open(sealed.span.bytes, header: head.span.bytes, context: context.span.bytes, into: &output)
            count = output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
        }
        return String(decoding: plaintext, as: UTF8.self)
    }
}

let everyScope: [Scope] = [.job("42"), .connection("crm"), .event, .log]

/// Carries a cipher out of the lock that lends the key; the test that asked is its only user.
struct Boxed: @unchecked Sendable {
    let value: EnvelopeCipher

    init(_ value: EnvelopeCipher) { self.value = value }
}
