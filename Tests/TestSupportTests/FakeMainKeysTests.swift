import Cryptography
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Fake main keys") struct FakeMainKeysTests {
    private let keys: FakeMainKeys
    private let environment: EnvironmentIdentity

    init() throws {
        keys = try FakeMainKeys(clock: SystemBootClock())
        environment = EnvironmentIdentity(id: try .random(), name: try EnvironmentName("acme/prod"))
    }

    private func make(_ reference: MainKeyReference = .managed) throws -> (id: MainKeyID, key: any MainKey) {
        let record = MainKeyRecord(id: try .random(), reference: reference, sealedMaterial: nil, createdAt: Stamp(WallTime(seconds: 0)))
        return (record.id, try keys.mainKey(for: record, of: environment))
    }

    private func wrap(_ key: any MainKey) async throws -> [UInt8] { try await key.wrap(.random(byteCount: 56), for: environment) }

    private let denied = MainKeyFailure(verdict: .restricted, message: "denied", remedy: "grant it")

    @Test("A wrap opens under its own main key alone, and names the generation that made it") func wraps() async throws {
        let (old, new) = (try make().key, try make().key)
        let first = try await wrap(old)
        #expect(keys.rotate(environment.name) == Generation("fake-2"))
        let second = try await wrap(old)
        #expect(try await old.unwrap(first, for: environment).generation == Generation("fake-1"))
        #expect(try await old.unwrap(second, for: environment).generation == Generation("fake-2"))
        #expect(try await old.inspect(for: environment).generation == Generation("fake-2"))
        await #expect(throws: MainKeyFailure.self) { _ = try await new.unwrap(first, for: environment) }
        keys.tellGenerations(false, for: environment.name)
        #expect(try await old.unwrap(second, for: environment).generation == nil)
        #expect(try await old.inspect(for: environment).generation == nil)
    }

    @Test("What is said of one main key wins over what is said of its reference, and that over its environment") func scopes() async throws
    {
        let reference = MainKeyReference(kind: .aKMS, identifier: "named")
        let (one, named, other) = (try make(reference), try make(reference), try make())
        let wraps = [try await wrap(one.key), try await wrap(named.key), try await wrap(other.key)]
        keys.answer(.failure(denied), for: environment.name)
        keys.answer(.granted, for: one.id)
        _ = try await one.key.unwrap(wraps[0], for: environment)
        await #expect(throws: MainKeyFailure.self) { _ = try await named.key.unwrap(wraps[1], for: environment) }
        keys.answer(.granted, for: reference)
        _ = try await named.key.unwrap(wraps[1], for: environment)
        for refused in [other.key] {
            await #expect(throws: MainKeyFailure.self) { _ = try await refused.unwrap(wraps[2], for: environment) }
            await #expect(throws: MainKeyFailure.self) { _ = try await refused.probe(for: environment) }
            await #expect(throws: MainKeyFailure.self) { _ = try await refused.inspect(for: environment) }
        }
        #expect(keys.decrypts(environment.name) == 4)
        #expect(keys.decrypts(one.id) == 1)
    }

    @Test("Inspections tell what was set, follow a revocation, and can be held and counted") func inspections() async throws {
        let (id, key) = try make()
        keys.setEnd(WallTime(seconds: 7), for: id)
        keys.setRotation(.automatic(days: 90, next: WallTime(seconds: 8)), for: id)
        keys.setWarnings(["Look."], for: id)
        keys.answer(.failure(MainKeyFailure(verdict: .revoked, message: "off", remedy: "on")), for: environment.name)
        let told = try await key.inspect(for: environment)
        #expect(told.failure?.verdict == .revoked)
        #expect(told.endsAt == WallTime(seconds: 7))
        #expect(told.rotation == .automatic(days: 90, next: WallTime(seconds: 8)))
        #expect(told.warnings == ["Look."])
        keys.setState(nil, for: id)
        #expect(try await key.inspect(for: environment).failure == nil)
        keys.refuseInspections(denied, for: id)
        await #expect(throws: MainKeyFailure.self) { _ = try await key.inspect(for: environment) }
        keys.refuseInspections(nil, for: id)
        keys.holdInspections(id)
        async let late = key.inspect(for: environment)
        while keys.heldInspections(environment.name) == 0 { await Task.yield() }
        keys.setEnd(nil, for: id)
        keys.release(id)
        #expect(try await late.endsAt == nil)
        #expect(keys.inspections(id) == 4)
    }
}
