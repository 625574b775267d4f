import Cryptography
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Administration")
struct AdministrationTests {
    @Test("a name is taken once; a name that is deleted and made again is another environment")
    func again() async throws {
        let fixture = try KeyringFixture()
        let first = try await fixture.warmEnvironment("acme/prod")
        await #expect(throws: HierarchyError(.environmentExists, "", remedy: "")) { try await fixture.warmEnvironment("acme/prod") }
        let envelope = try await fixture.encrypt("hello", .log, in: first)
        await #expect(throws: HierarchyError(.confirmationMismatch, "", remedy: "")) {
            try await fixture.hierarchies.environments.delete(first.identity.name, confirmation: "acme/dev")
        }
        let gone = try await fixture.hierarchies.environments.delete(first.identity.name, confirmation: "acme/prod")
        #expect(gone.contents == EnvironmentContents(logKeys: 1) && gone.purgeDue == nil)
        let second = try await fixture.warmEnvironment("acme/prod")
        #expect(second.identity.id != first.identity.id)
        await #expect(throws: HierarchyError(.unknownEnvironment, "", remedy: "")) { try await fixture.decrypt(envelope) }
    }

    @Test("deletions that come together share a purge, and how it ends", arguments: [true, false])
    func together(succeeds: Bool) async throws {
        let fixture = try KeyringFixture()
        let names = try (1...6).map { try EnvironmentName("acme/e\($0)") }
        for name in names { _ = try await fixture.warmEnvironment(name.description) }
        let gate = StoreGate()
        fixture.store.inject(.slow { await gate.wait() }, into: "purge")
        let deletions = names.map { name in
            Task { try await fixture.hierarchies.environments.delete(name, confirmation: name.description).purgeDue }
        }
        while fixture.store.calls("delete") < 6 || !gate.isAwaited { await Task.yield() }
        for _ in 0..<1000 { await Task.yield() }
        fixture.store.inject(succeeds ? nil : .busy, into: "purge")
        gate.open()
        var told = 0
        for deletion in deletions where try await deletion.value != nil { told += 1 }
        #expect(fixture.store.calls("purge") == 2, "the one that was under way, and one for all that came since")
        #expect(told == (succeeds ? 0 : 5), "the first one's purge went well")
    }

    @Test("uploaded material of the wrong size, or all zeros, is refused, and nothing is kept", arguments: [0, 16, 31, 33, 64, -32])
    func material(_ size: Int) async throws {
        let fixture = try KeyringFixture()
        await #expect(throws: HierarchyError(.invalidMaterial, "", remedy: "")) {
            let bytes = [UInt8](repeating: size < 0 ? 0 : 1, count: abs(size))
            _ = try await fixture.hierarchies.environments.create(
                EnvironmentName("acme/prod"), reference: .material, material: SecretBytes(copying: bytes.span.bytes))
        }
        #expect(fixture.hierarchies.keyring.environments.isEmpty)
        #expect(fixture.store.calls("create") == 0)
    }

    @Test("a main key that does not prove itself at set-up leaves nothing behind")
    func refused() async throws {
        let fixture = try KeyringFixture()
        let name = try EnvironmentName("acme/prod")
        fixture.keys.answer(.failure(MainKeyFailure(verdict: .restricted, message: "no", remedy: "ask")), for: name)
        await #expect(throws: HierarchyError(.mainKeyInaccessible, "", remedy: "")) { try await fixture.warmEnvironment("acme/prod") }
        #expect(fixture.store.calls("create") == 0)
        #expect(fixture.hierarchies.keyring.environment(name) == nil)
    }

    @Test("the census counts every stored key under its generation")
    func census() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.warmEnvironment("acme/prod")
        for scope in everyScope { _ = try await fixture.hierarchies.fetcher.encryptionKey(for: scope, of: environment) }
        let view = try await fixture.hierarchies.views.view(of: environment)
        #expect(view.census.map(\.keys) == [3])
        #expect(view.census.map(\.generation) == [Generation("fake-1")])
        #expect(view.state == .available)
        #expect(view.contents.hourlyKeys == 1 && view.contents.connectionKeys == 1 && view.contents.logKeys == 1)
    }

    @Test("external ids are stable, and differ by environment and by root key")
    func externalIDs() throws {
        let (root, other) = (try RootKey.random(), try RootKey.random())
        let (prod, dev) = (try EnvironmentName("acme/prod"), try EnvironmentName("acme/dev"))
        #expect(try root.externalID(for: prod) == root.externalID(for: prod))
        #expect(try root.externalID(for: prod) != root.externalID(for: dev))
        #expect(try root.externalID(for: prod) != other.externalID(for: prod))
        #expect(root.id != other.id && root.id.count == 32)
    }

    @Test("a seal opens under its own root key, at its own place")
    func seals() throws {
        let root = try RootKey.random()
        let (environment, key) = (try EnvironmentID.random(), try MainKeyID.random())
        let secret = try SecretBytes.random(byteCount: 32)
        let sealed = try root.seal(secret, mainKey: key, environment: environment)
        let opened = try root.open(sealed, mainKey: key, environment: environment)
        let isSame = opened.withBytes { secret.isEqual(to: $0) }
        #expect(isSame)
        #expect(throws: CryptographyError(.cannotOpen, "")) {
            _ = try RootKey.random().open(sealed, mainKey: key, environment: environment)
        }
        #expect(throws: CryptographyError(.cannotOpen, "")) { _ = try root.open(sealed, mainKey: .random(), environment: environment) }
    }
}
