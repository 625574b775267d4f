internal import Cryptography
import KeyHierarchy
import Testing

enum CancelContract {
    static let cases = [
        ContractCase("takes a replacement back: the old main key is in force, and the new one's wraps are gone", cancel),
        ContractCase("takes a replacement back: goes on with the repack that the replacement had taken over", resumes),
        ContractCase("takes a replacement back: is refused while a key has no other wrap, and changes nothing", wouldLose),
        ContractCase("takes a replacement back: is refused where there is none, or the repack follows a rotation", refused),
    ]

    private static let now = WallTime(seconds: 1_700_003_000)

    @Sendable private static func cancel(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let old = try await store.insert(Samples.key(.connection("old", version: 1), of: id))
        let adoption = try Samples.replacement(to: 2, previous: 1)
        try await store.adopt(adoption, of: id)
        _ = try await store.move([MovedKey(key: old.id, bytes: [2])], of: id, to: Samples.version(2), cursor: old.id)
        let born = try await store.insert(Samples.key(.log(version: 1), of: id, under: [1, 2], floor: 2))

        try await store.cancelRepack(of: id, at: now)
        for round in 0..<2 {
            let found = try #require(try await store.environment(id))
            #expect(found.mainKey.id == environment.mainKey.id)
            #expect(found.mainKey.sealedMaterial == environment.mainKey.sealedMaterial)
            #expect(found.environmentKey.wrapped == environment.environmentKey.wrapped)
            #expect(found.olderEnvironmentKeys.isEmpty)
            #expect(found.formerMainKeys.isEmpty)
            #expect(found.replacedAt == adoption.replacedAt)
            #expect(found.keyFloor == .first)
            #expect(found.newestVersion == Samples.version(2))
            #expect(found.repack == nil)
            #expect(found.damage == nil)
            #expect(try await store.key(old.id, of: id)?.wraps == old.wraps)
            #expect(try await store.key(born.id, of: id)?.wraps == [born.wraps[0]])
            #expect(try await store.census(of: id).map(\.keys) == [2])
            if round == 0 { while try await store.sweepRetired(of: id, limit: 1) == .more {} }
        }
        // The number of what was cancelled is not used again: keys that were born under it would pass for new ones.
        await #expect(throws: KeyStoreError.any(.exists)) {
            try await store.adopt(Samples.replacement(to: 2, previous: 1), of: id)
        }
        try await store.adopt(Samples.replacement(to: 3, previous: 1), of: id)
        #expect(try await store.environment(id)?.environmentKey.version == Samples.version(3))
    }

    @Sendable private static func resumes(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let first = try await store.insert(Samples.key(.connection("first", version: 1), of: id))
        let second = try await store.insert(Samples.key(.connection("second", version: 1), of: id))
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        _ = try await store.move([MovedKey(key: first.id, bytes: [2])], of: id, to: Samples.version(2), cursor: first.id)
        try await store.adopt(Samples.replacement(to: 3, previous: 2), of: id)
        try await store.cancelRepack(of: id, at: now)
        let found = try #require(try await store.environment(id))
        #expect(found.environmentKey.version == Samples.version(2))
        #expect(found.olderEnvironmentKeys.map(\.version) == [.first])
        #expect(
            found.repack
                == RepackRecord(target: Samples.version(2), previous: .first, cause: .rotation, startedAt: now, total: 1))
        let batch = try await store.repackBatch(of: id, to: Samples.version(2), after: nil, limit: 10)
        #expect(batch.items.map(\.key) == [second.id])
    }

    @Sendable private static func wouldLose(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        _ = try await store.insert(Samples.key(.connection("old", version: 1), of: id))
        try await store.adopt(Samples.replacement(to: 2, previous: 1), of: id)
        let only = try await store.insert(Samples.key(.log(version: 1), of: id, under: [2], floor: 2))
        let before = try #require(try await store.environment(id))
        #expect(await keysLeft { try await store.cancelRepack(of: id, at: now) } == 1)
        let after = try #require(try await store.environment(id))
        #expect(after.mainKey.id == before.mainKey.id)
        #expect(after.environmentKey.version == Samples.version(2))
        #expect(after.repack == before.repack)
        #expect(try await store.key(only.id, of: id)?.wraps == only.wraps)
    }

    @Sendable private static func refused(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        await #expect(throws: KeyStoreError.any(.missing)) { try await store.cancelRepack(of: id, at: now) }
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        await #expect(throws: KeyStoreError.any(.failed)) { try await store.cancelRepack(of: id, at: now) }
        #expect(try await store.environment(id)?.repack?.target == Samples.version(2))
    }
}
