import Cryptography
import KeyHierarchy
import Testing

/// What every key store does.
@Suite("Every key store")
struct KeyStoreContractTests {
    @Test("gives back an environment as it was kept, and lists by name", arguments: StoreKind.allCases)
    func environments(_ kind: StoreKind) async throws {
        try await kind.with { store in
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
            #expect(try await store.overview(of: prod.identity.id)?.record.environmentKey.wrapped == prod.environmentKey.wrapped)
            #expect(try await store.overview(of: .random()) == nil)
        }
    }

    @Test("refuses a name that is taken, and keeps the first", arguments: StoreKind.allCases)
    func takenName(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let first = try Samples.environment("acme/prod")
            try await store.create(first)
            await #expect(throws: KeyStoreError(.exists, "", remedy: "")) { try await store.create(Samples.environment("acme/prod")) }
            #expect(try await store.environments().map(\.identity) == [first.identity])
        }
    }

    @Test("deletes an environment with all its keys, and no other's", arguments: StoreKind.allCases)
    func deletion(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let (gone, kept) = (try Samples.environment("acme/gone"), try Samples.environment("acme/kept"))
            try await store.create(gone)
            try await store.create(kept)
            let lost = try await store.insert(Samples.key(.log(version: 1), of: gone.identity.id))
            let held = try await store.insert(Samples.key(.log(version: 1), of: kept.identity.id))
            try await store.delete(gone.identity.id)
            #expect(try await store.environments().map(\.identity) == [kept.identity])
            #expect(try await store.key(lost.id, of: gone.identity.id) == nil)
            #expect(try await store.logKey(of: gone.identity.id) == nil)
            #expect(try await store.overview(of: gone.identity.id) == nil)
            #expect(try await store.key(held.id, of: kept.identity.id)?.wraps == held.wraps)
            await #expect(throws: KeyStoreError(.missing, "", remedy: "")) { try await store.delete(gone.identity.id) }
            let again = try Samples.environment("acme/gone")
            try await store.create(again)
            #expect(try await store.environments().first?.identity == again.identity)
        }
    }

    @Test("finds a key by its id in its own environment alone", arguments: StoreKind.allCases)
    func keyByID(_ kind: StoreKind) async throws {
        try await kind.with { store in
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
    }

    @Test("keeps one hourly key active, and never makes a closed one active again", arguments: StoreKind.allCases)
    func hourlyKeys(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let environment = try Samples.environment("acme/prod")
            let id = environment.identity.id
            try await store.create(environment)
            #expect(try await store.activeHourlyKey(of: id) == nil)
            let first = try await store.insert(Samples.key(Samples.hourly(100), of: id))
            #expect(try await store.activeHourlyKey(of: id)?.id == first.id)
            let same = try await store.insert(Samples.key(Samples.hourly(100), of: id))
            #expect(same.id == first.id)
            #expect(same.wraps == first.wraps)

            let second = try await store.insert(Samples.key(Samples.hourly(101), of: id))
            #expect(try await store.activeHourlyKey(of: id)?.id == second.id)
            #expect(try await store.key(first.id, of: id)?.purpose == Samples.hourly(100, .inactive))

            let back = try await store.insert(Samples.key(Samples.hourly(100), of: id))
            #expect(back.id != first.id)
            #expect(try await store.activeHourlyKey(of: id)?.id == back.id)
            #expect(try await store.key(first.id, of: id)?.purpose == Samples.hourly(100, .inactive))
            #expect(try await store.key(second.id, of: id)?.purpose == Samples.hourly(101, .inactive))
            let contents = try await store.contents(of: id)
            #expect(contents == EnvironmentContents(hourlyKeys: 3, firstHour: Hour(number: 100), lastHour: Hour(number: 101)))
        }
    }

    @Test("one environment's hourly key closes no other's", arguments: StoreKind.allCases)
    func hourlyKeysApart(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let (one, other) = (try Samples.environment("acme/one"), try Samples.environment("acme/other"))
            try await store.create(one)
            try await store.create(other)
            let first = try await store.insert(Samples.key(Samples.hourly(100), of: one.identity.id))
            _ = try await store.insert(Samples.key(Samples.hourly(101), of: other.identity.id))
            #expect(try await store.activeHourlyKey(of: one.identity.id)?.id == first.id)
        }
    }

    @Test("serves a connection with the newest version, and a version with one key", arguments: StoreKind.allCases)
    func connectionKeys(_ kind: StoreKind) async throws {
        try await kind.with { store in
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
    }

    @Test("tells connections apart by every byte of their ids", arguments: StoreKind.allCases)
    func connectionNames(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let environment = try Samples.environment("acme/prod")
            let id = environment.identity.id
            try await store.create(environment)
            let names = ["a", "a\0", "a\0b", "A", "a ", "ä", "'; DROP TABLE keys; --", String(repeating: "x", count: 512)]
            var ids: [KeyID] = []
            for name in names { ids.append(try await store.insert(Samples.key(.connection(name, version: 1), of: id)).id) }
            #expect(Set(ids).count == names.count)
            for (name, key) in zip(names, ids) { #expect(try await store.connectionKey(name, of: id)?.id == key) }
        }
    }

    @Test("serves the newest log key", arguments: StoreKind.allCases)
    func logKeys(_ kind: StoreKind) async throws {
        try await kind.with { store in
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
    }

    @Test("counts the keys under each version, also where there are none", arguments: StoreKind.allCases)
    func census(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let environment = try Samples.environment("acme/prod")
            let id = environment.identity.id
            try await store.create(environment)
            func entry(_ keys: Int) -> CensusEntry {
                CensusEntry(version: .first, mainKey: environment.mainKey.id, generation: Generation("g1"), keys: keys)
            }
            #expect(try await store.overview(of: id)?.census == [entry(0)])
            _ = try await store.insert(Samples.key(.log(version: 1), of: id))
            _ = try await store.insert(Samples.key(Samples.hourly(5), of: id))
            _ = try await store.insert(Samples.key(.connection("shop", version: 1), of: id))
            #expect(try await store.overview(of: id)?.census == [entry(3)])
        }
    }

    @Test("many inserts of one purpose at once keep one key", arguments: StoreKind.allCases)
    func concurrentInserts(_ kind: StoreKind) async throws {
        try await kind.with { store in
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
}
