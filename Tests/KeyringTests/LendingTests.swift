import Cryptography
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Lent data keys")
struct LendingTests {
    private func open(
        _ fixture: KeyringFixture, _ wrapped: [UInt8], in environment: LiveEnvironment, context: [UInt8] = [], expected: Scope? = nil
    ) async throws -> [UInt8] {
        let key = try await fixture.hierarchies.fetcher.openDataKey(
            LentDataKey(parsing: wrapped), context: context, expected: expected, in: environment)
        return key.key.withBytes { bytes in bytes.byteOffsets.map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
    }

    @Test("what was lent opens again, under its own scope and context only", arguments: everyScope)
    func roundTrip(_ scope: Scope) async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let lent = try await fixture.hierarchies.fetcher.lendDataKey(for: scope, context: [7], in: environment)
        let wrapped = lent.wrapped
        let opened = try await open(fixture, wrapped, in: environment, context: [7], expected: scope)
        let isSame = lent.key.isEqual(to: opened.span.bytes)
        #expect(isSame)
        #expect(try await open(fixture, wrapped, in: environment, context: [7]) == opened)
        await #expect(throws: HierarchyError(.cannotDecrypt, "", remedy: "")) {
            try await open(fixture, wrapped, in: environment, context: [8])
        }
        for other in everyScope + [.job("43"), .connection("erp")] where other != scope {
            await #expect(throws: HierarchyError(.wrongScope, "", remedy: "")) {
                try await open(fixture, wrapped, in: environment, context: [7], expected: other)
            }
        }
        for offset in 0..<wrapped.count {
            var changed = wrapped
            changed[offset] ^= 1
            await #expect(throws: (any Error).self, "byte \(offset)") {
                try await open(fixture, changed, in: environment, context: [7])
            }
        }
    }

    @Test("a wrapped key that was carved out of a ciphertext does not open as a lent one")
    func carved() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let envelope = try await fixture.encrypt("hello", .job("42"), in: environment)
        let lent = try await fixture.hierarchies.fetcher.lendDataKey(for: .job("42"), context: [], in: environment)
        let carved = Array(lent.wrapped.prefix(54)) + envelope[54..<126]
        await #expect(throws: HierarchyError(.cannotDecrypt, "", remedy: "")) { try await open(fixture, carved, in: environment) }
    }

    @Test("a lent key that is put into a ciphertext's header opens no ciphertext")
    func planted() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let lent = try await fixture.hierarchies.fetcher.lendDataKey(for: .job("42"), context: [], in: environment)
        var envelope = try await fixture.encrypt("hello", .job("42"), in: environment)
        envelope.replaceSubrange(54..<126, with: lent.wrapped[54..<126])
        await #expect(throws: HierarchyError(.cannotDecrypt, "", remedy: "")) { try await fixture.decrypt(envelope) }
    }

    @Test("a stored key's wrap does not open as a lent key")
    func stored() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.environment("acme/prod")
        let lent = try await fixture.hierarchies.fetcher.lendDataKey(for: .log, context: [], in: environment)
        let record = try #require(fixture.store.keys(of: environment.identity.id).first)
        let forged = Array(lent.wrapped.prefix(54)) + record.wraps[0].bytes
        await #expect(throws: HierarchyError(.cannotDecrypt, "", remedy: "")) { try await open(fixture, forged, in: environment) }
    }
}
