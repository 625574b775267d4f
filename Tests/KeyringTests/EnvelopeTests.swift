import Cryptography
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Envelopes")
struct EnvelopeTests {
    @Test("every scope opens again, and costs at most 200 bytes for jobs and 128 for the rest", arguments: everyScope)
    func roundTrip(_ scope: Scope) async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let envelope = try await fixture.encrypt("hello", scope, in: environment)
        #expect(envelope.count - 5 <= (scope.kind == .job ? 200 : 128))
        #expect(try await fixture.decrypt(envelope) == "hello")
    }

    @Test("every flipped bit is refused", arguments: everyScope)
    func flipped(_ scope: Scope) async throws {
        let fixture = try KeyringFixture()
        let envelope = try await fixture.encrypt("hello", scope, in: fixture.environment("acme/prod"))
        for bit in 0..<envelope.count * 8 {
            var changed = envelope
            changed[bit / 8] ^= 1 << (bit % 8)
            await #expect(throws: (any Error).self, "bit \(bit)") { try await fixture.decrypt(changed) }
        }
    }

    @Test("every truncation is refused", arguments: everyScope)
    func truncated(_ scope: Scope) async throws {
        let fixture = try KeyringFixture()
        let envelope = try await fixture.encrypt("hello", scope, in: fixture.environment("acme/prod"))
        for length in 0..<envelope.count {
            await #expect(throws: (any Error).self, "\(length) bytes") { try await fixture.decrypt(Array(envelope.prefix(length))) }
        }
    }

    @Test("a header that names another environment, or another key of the same one, opens nothing", arguments: everyScope)
    func rewritten(_ scope: Scope) async throws {
        let fixture = try KeyringFixture()
        let mine = try await fixture.environment("acme/prod")
        let theirs = try await fixture.environment("globex/prod")
        let envelope = try await fixture.encrypt("hello", scope, in: mine)
        let other = try await fixture.encrypt("hello", scope, in: theirs)
        var moved = envelope
        moved.replaceSubrange(6..<22, with: theirs.identity.id.bytes)
        await #expect(throws: HierarchyError(.unknownKey, "", remedy: "")) { try await fixture.decrypt(moved) }
        moved.replaceSubrange(22..<38, with: other[22..<38])
        await #expect(throws: (any Error).self) { try await fixture.decrypt(moved) }
        let connection = try await fixture.encrypt("hello", .connection("other"), in: mine)
        var rekeyed = envelope
        rekeyed.replaceSubrange(22..<38, with: connection[22..<38])
        await #expect(throws: (any Error).self) { try await fixture.decrypt(rekeyed) }
    }

    @Test("another context is refused")
    func context() async throws {
        let fixture = try KeyringFixture()
        let envelope = try await fixture.encrypt("hello", .log, in: fixture.environment("acme/prod"), context: [1, 2])
        #expect(try await fixture.decrypt(envelope, context: [1, 2]) == "hello")
        await #expect(throws: CryptographyError(.cannotOpen, "")) { try await fixture.decrypt(envelope, context: [1]) }
        await #expect(throws: CryptographyError(.cannotOpen, "")) { try await fixture.decrypt(envelope) }
    }

    @Test("a key serves the scope it was made for, and no other")
    func serves() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        for scope in everyScope {
            let envelope = try await fixture.encrypt("x", scope, in: environment)
            let header = try EnvelopeHeader(parsing: envelope.span.bytes)
            let key = try await fixture.hierarchies.fetcher.decryptionKey(for: header, envelope: envelope, of: environment)
            for asked in everyScope + [.job("43"), .connection("erp")] {
                #expect(key.serves(asked, header: header) == (asked == scope))
            }
        }
    }
}
