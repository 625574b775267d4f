import Cryptography
import KeyHierarchy
import Keyring
import MainKeys
import Testing

@Suite("Managed and uploaded main keys")
struct LocalMainKeyTests {
    @Test("a managed key keeps the contract")
    func managed() async throws {
        let root = try RootKey.random()
        try await MainKeyContract(
            provider: ManagedProvider(root: root, clock: SystemBootClock()), root: root, reference: .managed, other: .managed
        ).run()
    }

    @Test("an uploaded key keeps the contract")
    func material() async throws {
        let root = try RootKey.random()
        try await MainKeyContract(
            provider: MaterialProvider(root: root, clock: SystemBootClock()), root: root, reference: .material, other: .material
        ).run()
    }

    @Test("the same uploaded bytes have the same generation, others another")
    func generations() async throws {
        let root = try RootKey.random()
        let environment = EnvironmentIdentity(id: try .random(), name: try EnvironmentName("acme/prod"))
        func generation(_ byte: UInt8) async throws -> Generation? {
            let id = try MainKeyID.random()
            let bytes = [UInt8](repeating: byte, count: 32)
            let sealed = try root.seal(SecretBytes(copying: bytes.span.bytes), mainKey: id, environment: environment.id)
            let key = try MaterialProvider(root: root, clock: SystemBootClock()).mainKey(
                for: MainKeyRecord(id: id, reference: .material, sealedMaterial: sealed, createdAt: Stamp(WallTime(seconds: 0))),
                of: environment)
            let wrapped = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
            return try await key.unwrap(wrapped, for: environment).generation
        }
        #expect(try await generation(1) == generation(1))
        #expect(try await generation(1) != generation(2))
    }

    @Test("an inspection names the generation of the bytes, which can be told from them alone, and of a withdrawn key that it is revoked")
    func inspection() async throws {
        let root = try RootKey.random()
        let environment = EnvironmentIdentity(id: try .random(), name: try EnvironmentName("acme/prod"))
        let id = try MainKeyID.random()
        let bytes = [UInt8](repeating: 7, count: 32)
        let sealed = try root.seal(SecretBytes(copying: bytes.span.bytes), mainKey: id, environment: environment.id)
        var record = MainKeyRecord(id: id, reference: .material, sealedMaterial: sealed, createdAt: Stamp(WallTime(seconds: 0)))
        let told = try await MaterialProvider(root: root, clock: SystemBootClock()).mainKey(for: record, of: environment).inspect(
            for: environment)
        #expect(told.generation == (try Generation(ofMaterial: SecretBytes(copying: bytes.span.bytes))))
        // Stored with environment keys: what a byte string is called must never change.
        #expect(told.generation?.name == "9eddf54ce326a61cac7adebac5e5657f")
        #expect(told.failure == nil && told.rotation == .notApplicable && told.endsAt == nil)
        #expect(
            try await MaterialProvider(root: root, clock: SystemBootClock()).mainKey(for: record, of: environment).diagnose(
                for: environment
            ).map(\.outcome) == [.ok])
        let stranger = try MaterialProvider(root: .random(), clock: SystemBootClock()).mainKey(for: record, of: environment)
        let unopened = await stranger.diagnose(for: environment)
        #expect(unopened.map(\.outcome) == [.failed] && unopened.first?.remedy.contains("backup") == true)
        record.sealedMaterial = nil
        let withdrawn = try await MaterialProvider(root: root, clock: SystemBootClock()).mainKey(for: record, of: environment).inspect(
            for: environment)
        #expect(withdrawn.failure?.verdict == .revoked)
        #expect(withdrawn.failure?.reason == "withdrawn")
        #expect(withdrawn.generation == nil)
        let diagnosis = try await MaterialProvider(root: root, clock: SystemBootClock()).mainKey(for: record, of: environment).diagnose(
            for: environment)
        #expect(diagnosis.map(\.outcome) == [.failed])
        #expect(diagnosis.first?.message.contains("withdrawn") == true && diagnosis.first?.remedy.contains("Upload") == true)
    }

    @Test("material that another root key sealed does not open")
    func anotherRoot() async throws {
        let (root, other) = (try RootKey.random(), try RootKey.random())
        let environment = EnvironmentIdentity(id: try .random(), name: try EnvironmentName("acme/prod"))
        let id = try MainKeyID.random()
        let sealed = try other.seal(SecretBytes.random(byteCount: 32), mainKey: id, environment: environment.id)
        let key = try ManagedProvider(root: root, clock: SystemBootClock()).mainKey(
            for: MainKeyRecord(id: id, reference: .managed, sealedMaterial: sealed, createdAt: Stamp(WallTime(seconds: 0))), of: environment
        )
        let failure = await #expect(throws: MainKeyFailure.self) { try await key.probe(for: environment) }
        #expect(failure?.verdict == .mismatched)
    }

    @Test("a kind that this daemon does not know is said to be so")
    func unknownKind() throws {
        let environment = EnvironmentIdentity(id: try .random(), name: try EnvironmentName("acme/prod"))
        let record = MainKeyRecord(
            id: try .random(), reference: MainKeyReference(kind: .init(rawValue: "pkcs11")), sealedMaterial: nil,
            createdAt: Stamp(WallTime(seconds: 0)))
        let failure = #expect(throws: MainKeyFailure.self) { _ = try MainKeyCatalog([:]).mainKey(for: record, of: environment) }
        #expect(failure?.message.contains("pkcs11") == true)
    }
}
