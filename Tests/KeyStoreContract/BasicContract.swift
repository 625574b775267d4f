internal import Cryptography
import KeyHierarchy
import Testing

enum BasicContract {
    static let cases = [
        ContractCase("gives back an environment as it was kept, and lists by name", environments),
        ContractCase("refuses a name that is taken, and keeps the first", takenName),
        ContractCase("deletes an environment with all its keys, and no other's", deletion),
        ContractCase("finds a key by its id in its own environment alone", keyByID),
        ContractCase("serves a connection with the newest version, and a version with one key", connectionKeys),
        ContractCase("tells connections apart by every byte of their ids", connectionNames),
        ContractCase("serves the newest log key", logKeys),
        ContractCase("counts the keys under each version, also where there are none", census),
        ContractCase("many inserts of one purpose at once keep one key", concurrentInserts),
    ]

    @Sendable private static func environments(_ store: any KeyStore) async throws {
        let prod = try Samples.environment("acme/prod")
        let dev = try Samples.environment("acme/dev", generation: nil, options: [:])
        try await store.create(prod)
        try await store.create(dev)
        let listed = try await store.environments()
        #expect(listed.map(\.identity) == [dev.identity, prod.identity])
        let found = try #require(listed.last)
        #expect(found.damage == nil)
        #expect(found.createdAt == prod.createdAt)
        #expect(found.replacedAt == nil)
        #expect(found.mainKey.id == prod.mainKey.id)
        #expect(found.mainKey.reference == prod.mainKey.reference)
        #expect(found.mainKey.sealedMaterial == prod.mainKey.sealedMaterial)
        #expect(found.mainKey.createdAt == prod.mainKey.createdAt)
        #expect(found.environmentKey.version == .first)
        #expect(found.environmentKey.mainKey == prod.mainKey.id)
        #expect(found.environmentKey.generation == Generation("g1"))
        #expect(found.environmentKey.wrapped == prod.environmentKey.wrapped)
        #expect(listed.first?.environmentKey.generation == nil)
        let versions = try await store.environmentKeys(of: prod.identity.id)
        #expect(versions.map(\.wrapped) == [prod.environmentKey.wrapped])
        #expect(try await store.environmentKeys(of: .random()).isEmpty)
    }

    @Sendable private static func takenName(_ store: any KeyStore) async throws {
        let first = try Samples.environment("acme/prod")
        try await store.create(first)
        await #expect(throws: KeyStoreError.any(.exists)) { try await store.create(Samples.environment("acme/prod")) }
        #expect(try await store.environments().map(\.identity) == [first.identity])
    }

    @Sendable private static func deletion(_ store: any KeyStore) async throws {
        let (gone, kept) = (try Samples.environment("acme/gone"), try Samples.environment("acme/kept"))
        try await store.create(gone)
        try await store.create(kept)
        let lost = try await store.insert(Samples.key(.log(version: 1), of: gone.identity.id))
        let held = try await store.insert(Samples.key(.log(version: 1), of: kept.identity.id))
        try await store.delete(gone.identity.id)
        #expect(try await store.environments().map(\.identity) == [kept.identity])
        #expect(try await store.key(lost.id, of: gone.identity.id) == nil)
        #expect(try await store.logKey(of: gone.identity.id) == nil)
        #expect(try await store.environmentKeys(of: gone.identity.id).isEmpty)
        #expect(try await store.key(held.id, of: kept.identity.id)?.wraps == held.wraps)
        await #expect(throws: KeyStoreError.any(.missing)) { try await store.delete(gone.identity.id) }
        let again = try Samples.environment("acme/gone")
        try await store.create(again)
        #expect(try await store.environments().first?.identity == again.identity)
    }

    @Sendable private static func keyByID(_ store: any KeyStore) async throws {
        let (one, other) = (try Samples.environment("acme/one"), try Samples.environment("acme/other"))
        try await store.create(one)
        try await store.create(other)
        var key = try Samples.key(.connection("shop", version: 3), of: one.identity.id)
        key.wraps[0].bytes = try Random.bytes(72)
        let kept = try await store.insert(key)
        #expect(kept.id == key.id)
        let found = try #require(try await store.key(key.id, of: one.identity.id))
        #expect(found.purpose == key.purpose)
        #expect(found.createdAt == key.createdAt)
        #expect(found.wraps == key.wraps)
        #expect(try await store.key(key.id, of: other.identity.id) == nil)
        #expect(try await store.key(.random(), of: one.identity.id) == nil)
    }

    @Sendable private static func connectionKeys(_ store: any KeyStore) async throws {
        let environment = try Samples.environment("acme/prod")
        let id = environment.identity.id
        try await store.create(environment)
        #expect(try await store.connectionKey("shop", of: id) == nil)
        let first = try await store.insert(Samples.key(.connection("shop", version: 1), of: id))
        #expect(try await store.insert(Samples.key(.connection("shop", version: 1), of: id)).id == first.id)
        let second = try await store.insert(Samples.key(.connection("shop", version: 2), of: id))
        #expect(try await store.connectionKey("shop", of: id)?.id == second.id)
        #expect(try await store.key(first.id, of: id)?.purpose == .connection("shop", version: 1))
        #expect(try await store.connectionKey("sho", of: id) == nil)
        #expect(try await store.contents(of: id).connectionKeys == 2)
    }

    @Sendable private static func connectionNames(_ store: any KeyStore) async throws {
        let environment = try Samples.environment("acme/prod")
        let id = environment.identity.id
        try await store.create(environment)
        let names = ["a", "a\0", "a\0b", "A", "a ", "ä", "'; DROP TABLE keys; --", String(repeating: "x", count: 512)]
        var ids: [KeyID] = []
        for name in names { ids.append(try await store.insert(Samples.key(.connection(ConnectionID(name), version: 1), of: id)).id) }
        #expect(Set(ids).count == names.count)
        for (name, key) in zip(names, ids) { #expect(try await store.connectionKey(ConnectionID(name), of: id)?.id == key) }
    }

    @Sendable private static func logKeys(_ store: any KeyStore) async throws {
        let environment = try Samples.environment("acme/prod")
        let id = environment.identity.id
        try await store.create(environment)
        #expect(try await store.logKey(of: id) == nil)
        let first = try await store.insert(Samples.key(.log(version: 1), of: id))
        #expect(try await store.insert(Samples.key(.log(version: 1), of: id)).id == first.id)
        let second = try await store.insert(Samples.key(.log(version: 2), of: id))
        #expect(try await store.logKey(of: id)?.id == second.id)
        #expect(try await store.contents(of: id) == EnvironmentContents(logKeys: 2))
    }

    @Sendable private static func census(_ store: any KeyStore) async throws {
        let environment = try Samples.environment("acme/prod")
        let id = environment.identity.id
        try await store.create(environment)
        func entry(_ keys: Int) -> CensusEntry {
            CensusEntry(version: .first, mainKey: environment.mainKey.id, generation: Generation("g1"), keys: keys)
        }
        #expect(try await store.census(of: id) == [entry(0)])
        _ = try await store.insert(Samples.key(.log(version: 1), of: id))
        _ = try await store.insert(Samples.key(Samples.hourly(5), of: id))
        _ = try await store.insert(Samples.key(.connection("shop", version: 1), of: id))
        #expect(try await store.census(of: id) == [entry(3)])
    }

    @Sendable private static func concurrentInserts(_ store: any KeyStore) async throws {
        let environment = try Samples.environment("acme/prod")
        let id = environment.identity.id
        try await store.create(environment)
        let winners = try await withThrowingTaskGroup(of: KeyID.self) { group in
            for _ in 0..<50 { group.addTask { try await store.insert(Samples.key(Samples.hourly(9), of: id)).id } }
            return try await group.reduce(into: Set<KeyID>()) { $0.insert($1) }
        }
        #expect(winners.count == 1)
        #expect(try await store.contents(of: id).hourlyKeys == 1)
    }
}
