import Cryptography
import EKMClient
import EKMServer
import EKMWire
import Foundation
import KeyHierarchy
import Keyring
import MainKeyDeclarations
import MainKeys
import SQLiteStore
import TestSupport
import Testing
import Upkeep

/// A kind that only this file knows: its declaration, and a provider whose keys live in the test.
private enum ImaginaryKind {
    static let declaration = MainKeyDeclaration(
        name: "imaginary", title: "the Imaginary KMS",
        key: DeclaredField("key", valueName: "name", expected: "a name") { $0.hasPrefix("dream/") },
        options: [
            DeclaredField("place", valueName: "place", expected: "a place"),
            DeclaredField("known-as", valueName: "id", expected: "an id", needs: "place", isOwnID: true),
        ], section: DeclaredSection("imaginary", settings: []))

    struct Provider: MainKeyProvider {
        let keys: FakeMainKeys

        func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey {
            try keys.mainKey(for: record, of: environment)
        }

        func admit(_ reference: MainKeyReference, by rules: ReferenceRules) throws(ReferenceRefusal) -> MainKeyReference {
            try declaration.admit(reference, by: rules)
        }
    }
}

@Suite("A kind of main key that is added in one place")
struct ImaginaryKindTests {
    private static let key = KMSKey(kind: "imaginary", key: "dream/7", options: ["place": "here"])

    private func withDaemon(
        _ environments: [String] = ["*"], _ body: (EKMClient, SQLiteStore) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let root = try RootKey.random()
        let store = try SQLiteStore.open(
            in: directory.file("state"), rootKey: root, now: SystemWallClock().now, adoptingUnused: true)
        let keys = try FakeMainKeys(clock: SystemBootClock())
        let catalog = MainKeyCatalog([
            MainKeyReference.Kind(rawValue: ImaginaryKind.declaration.name): ImaginaryKind.Provider(keys: keys)
        ])
        let assembly = Assembly(store: store, provider: catalog, root: root)
        try await assembly.load()
        let path = directory.file("ekmd.sock")
        let grant = Grant(
            subject: .user(name: "me", id: getuid()), environments: environments, allow: [.admin, .status, .encrypt, .decrypt])
        let server = try await Server.start(
            on: .path(path, mode: 0o600, group: nil), loops: 1, hierarchies: assembly.hierarchies, observers: assembly.observers,
            root: root,
            authorizer: Authorizer(.grants([grant])),
            daemon: DaemonFacts(version: "0.0.0-test", socket: path, state: directory.path, storeBackend: "sqlite"))
        try await body(EKMClient(socketPath: path), store)
        assembly.stop()
        await server.shutdown(within: .seconds(1))
        try store.close()
    }

    @Test("crosses the wire, is kept by the store, and is told in reports as it was named")
    func wayThrough() async throws {
        try await withDaemon { client, store in
            let own = try await client.externalID("acme/prod")
            let created = try await client.createEnvironment("acme/prod", mainKey: .kms(Self.key))
            let options = ["place": "here", "known-as": own]
            #expect(created.mainKey.kind == "imaginary" && created.mainKey.reference == "dream/7" && created.mainKey.options == options)
            let ciphertext = try await client.encrypt([1, 2], environment: "acme/prod", scope: .log).ciphertext
            #expect(try await client.decrypt(ciphertext).plaintext == [1, 2])
            let record = try #require(try await store.environments().first).mainKey.reference
            #expect(record.kind.rawValue == "imaginary" && record.identifier == "dream/7")
            #expect(record.options == options.merging([MainKeyReference.givenOption: "dream/7"]) { $1 })
            var other = Self.key
            other.key = "dream/8"
            #expect(try await client.replaceMainKey("acme/prod", with: .kms(other), flags: .dryRun).mainKey.reference == "dream/8")
        }
    }

    @Test("is judged by itself: what it does not take, and kinds that are not there, are refused")
    func refusals() async throws {
        try await withDaemon { client, _ in
            for key in [
                KMSKey(kind: "other", key: "dream/7"), KMSKey(kind: "imaginary", key: "7"),
                KMSKey(kind: "imaginary", key: "dream/7", options: ["colour": "blue"]),
            ] {
                let refusal = await #expect(throws: EKMClientError.self) {
                    _ = try await client.createEnvironment("acme/prod", mainKey: .kms(key))
                }
                #expect(refusal?.refusal?.code == .mainKeyInaccessible, "\(key)")
            }
        }
    }

    @Test("has the environment's own id, unless the caller administers all environments", arguments: [false, true])
    func ownID(administersAll: Bool) async throws {
        try await withDaemon(administersAll ? ["*"] : ["acme/*"]) { client, _ in
            var key = Self.key
            key.options["known-as"] = "another's"
            do throws(EKMClientError) {
                let report = try await client.createEnvironment("acme/prod", mainKey: .kms(key))
                #expect(administersAll && report.mainKey.options["known-as"] == "another's")
            } catch { #expect(!administersAll && error.refusal?.code == .notGranted) }
            key.options["known-as"] = try await client.externalID("acme/dev")
            _ = try await client.createEnvironment("acme/dev", mainKey: .kms(key))
            key.options["known-as"] = "another's"
            do throws(EKMClientError) {
                _ = try await client.replaceMainKey("acme/dev", with: .kms(key), flags: .dryRun)
                #expect(administersAll)
            } catch { #expect(!administersAll && error.refusal?.code == .notGranted) }
        }
    }
}
