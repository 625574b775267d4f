import Cryptography
import KeyHierarchy
import Keyring
import Testing

/// What every kind of main key must do; each kind's tests run all of it.
struct MainKeyContract: Sendable {
    let provider: any MainKeyProvider
    let root: RootKey
    /// The key under test, and another of the same kind; as they would be given at set-up.
    let reference: MainKeyReference
    let other: MainKeyReference
    let environment: EnvironmentIdentity

    init(provider: any MainKeyProvider, root: RootKey, reference: MainKeyReference, other: MainKeyReference) throws {
        self.provider = provider
        self.root = root
        self.reference = reference
        self.other = other
        environment = EnvironmentIdentity(id: try .random(), name: try EnvironmentName("acme/prod"))
    }

    func run() async throws {
        try await roundTrips()
        try await bindsTheEnvironment()
        try await refusesChanges()
        try await refusesAnotherKey()
    }

    private func key(_ reference: MainKeyReference) throws -> any MainKey {
        let id = try MainKeyID.random()
        let hasMaterial = [.managed, .material].contains(reference.kind)
        let sealed = hasMaterial ? try root.seal(SecretBytes.random(byteCount: 32), mainKey: id, environment: environment.id) : nil
        return try provider.mainKey(
            for: MainKeyRecord(id: id, reference: reference, sealedMaterial: sealed, createdAt: Stamp(WallTime(seconds: 0))),
            of: environment)
    }

    private func payload() throws -> SecretBytes {
        try EnvironmentKeyPayload.make(SecretBytes.random(byteCount: 32), environment: environment.id, version: .first)
    }

    private func roundTrips() async throws {
        let key = try key(reference)
        let pinned = try await key.probe(for: environment)
        #expect(pinned.kind == reference.kind)
        let payload = try payload()
        let expected = payload.withBytes { bytes in bytes.byteOffsets.map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
        let before = SystemBootClock().now
        let wrapped = try await key.wrap(payload, for: environment)
        #expect(wrapped.firstRange(of: expected.suffix(32)) == nil)
        let first = try await key.unwrap(wrapped, for: environment)
        let isSame = first.payload.isEqual(to: expected.span.bytes)
        #expect(isSame)
        let sentAt = first.sentAt
        #expect(before < sentAt && sentAt < SystemBootClock().now)
        let generation = first.generation
        let second = try await key.unwrap(wrapped, for: environment)
        let again = second.generation
        #expect(generation == again)
    }

    private func bindsTheEnvironment() async throws {
        let key = try key(reference)
        let wrapped = try await key.wrap(payload(), for: environment)
        let other = EnvironmentIdentity(id: environment.id, name: try EnvironmentName("globex/prod"))
        let failure = await #expect(throws: MainKeyFailure.self) { _ = try await key.unwrap(wrapped, for: other) }
        #expect(failure?.verdict == .mismatched)
        #expect(failure?.remedy.isEmpty == false)
    }

    private func refusesChanges() async throws {
        let key = try key(reference)
        let wrapped = try await key.wrap(payload(), for: environment)
        for offset in [0, wrapped.count / 2, wrapped.count - 1] {
            var changed = wrapped
            changed[offset] ^= 0x40
            await #expect(throws: MainKeyFailure.self, "byte \(offset)") { _ = try await key.unwrap(changed, for: environment) }
        }
        await #expect(throws: MainKeyFailure.self) { _ = try await key.unwrap(Array(wrapped.dropLast()), for: environment) }
    }

    private func refusesAnotherKey() async throws {
        let wrapped = try await key(other).wrap(payload(), for: environment)
        let failure = await #expect(throws: MainKeyFailure.self) { _ = try await key(reference).unwrap(wrapped, for: environment) }
        #expect(failure?.verdict == .mismatched)
    }
}
