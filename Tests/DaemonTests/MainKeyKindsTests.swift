import Cryptography
import EKMClient
import EKMWire
import KeyHierarchy
import Keyring
import MainKeys
import SQLiteStore
import TestSupport
import Testing

@Suite("Replacement between any two kinds of main keys")
struct MainKeyKindsTests {
    private static let kinds: [MainKeyReference.Kind] = [.managed, .material, .awsKMS]
    private static let scopes: [EKMWire.Scope] = [.job("42"), .connection("crm"), .connection("shop"), .event, .log]

    @Test("all keys move, all ciphertexts open, and nothing is left of the old main key", arguments: kinds, kinds)
    func replacement(from old: MainKeyReference.Kind, to new: MainKeyReference.Kind) async throws {
        let scene = try await MainKeyScene()
        let name = "acme/prod"
        let first = try scene.mainKey(old)
        let environment = try await scene.hierarchies.environments.create(
            EnvironmentName(name), reference: first.reference, material: try Self.secret(first.material))
        let before = try await Self.encrypt(name, scene.client)
        let sealed = try await scene.store.environment(environment.identity.id)?.mainKey.sealedMaterial
        if let sealed { #expect(try scene.isInStore(sealed), "what is looked for later is there now") }

        let second = try scene.mainKey(new)
        let outcome = try await scene.hierarchies.mainKeys.replaceMainKey(
            of: environment, reference: second.reference, material: try Self.secret(second.material), options: ReplacementOptions())
        // The hour's, two connections' and the log's.
        #expect(outcome.kind == .replaced && outcome.keysToMove == 4)
        let after = try await Self.encrypt(name, scene.client)
        for ciphertext in before + after { #expect(try await scene.client.decrypt(ciphertext).plaintext == [1, 2, 3]) }
        try await RotationTests.wait("the repack ends") {
            let record = try await scene.store.environment(environment.identity.id)
            return record?.repack == nil && record?.formerMainKeys.isEmpty == true && record?.olderEnvironmentKeys.isEmpty == true
        }

        let report = try await scene.client.showEnvironment(name)
        #expect(report.mainKey.kind == new.rawValue)
        #expect(report.census.filter { $0.keys > 0 }.map(\.keys) == [report.keys.hourly + report.keys.connection + report.keys.log])
        // New versions of the connections' and the log's key, and the next key of this hour.
        #expect(report.keys.connection == 4 && report.keys.log == 2 && report.keys.hourly >= 2)
        if old == .awsKMS { scene.kms.delete(first.reference.identifier) }
        scene.hierarchies.wipeAll()
        for ciphertext in before + after { #expect(try await scene.client.decrypt(ciphertext).plaintext == [1, 2, 3]) }
        if let sealed {
            try await RotationTests.wait("the old main key's material is gone from the store's files") { try !scene.isInStore(sealed) }
        }
        try await scene.stop()
    }

    private static func encrypt(_ name: String, _ client: EKMClient) async throws -> [[UInt8]] {
        var ciphertexts: [[UInt8]] = []
        for scope in scopes { ciphertexts.append(try await client.encrypt([1, 2, 3], environment: name, scope: scope).ciphertext) }
        return ciphertexts
    }

    private static func secret(_ bytes: [UInt8]?) throws -> SecretBytes? {
        guard let bytes else { return nil }
        return try SecretBytes(copying: bytes.span.bytes)
    }
}
