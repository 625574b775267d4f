import Cryptography
import KeyHierarchy
import Testing

@Suite("Every key store keeps main keys and what is set for an environment")
struct MainKeyContractTests {
    @Test("one environment by its id, as in the list", arguments: StoreKind.allCases)
    func one(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let environment = try Samples.replacedEnvironment("acme/prod")
            try await store.create(Samples.environment("acme/other"))
            try await store.create(environment)
            for found in [try await store.environment(environment.identity.id), try await store.environments().last] {
                let found = try #require(found)
                #expect(found.identity == environment.identity)
                #expect(found.mainKey.id == environment.mainKey.id)
                #expect(found.environmentKey.wrapped == environment.environmentKey.wrapped)
                #expect(found.environmentKey.wrappedAt == WallTime(seconds: 1_700_000_070))
                #expect(found.olderEnvironmentKeys.map(\.wrapped) == environment.olderEnvironmentKeys.map(\.wrapped))
                #expect(found.formerMainKeys.map(\.id) == environment.formerMainKeys.map(\.id))
                #expect(found.formerMainKeys.map(\.sealedMaterial) == environment.formerMainKeys.map(\.sealedMaterial))
                #expect(found.pendingMainKey?.id == environment.pendingMainKey?.id)
                #expect(found.replacedAt == environment.replacedAt)
                #expect(found.keyFloor == environment.keyFloor)
                #expect(found.newestVersion == environment.newestVersion)
                #expect(found.repack == environment.repack)
                #expect(found.lock == environment.lock)
                #expect(found.retention == environment.retention)
                #expect(found.damage == nil)
            }
            #expect(try await store.environment(.random()) == nil)
        }
    }

    @Test("a rotation: a new version under the same main key, and a repack", arguments: StoreKind.allCases)
    func rotation(_ kind: StoreKind) async throws {
        try await kind.withEnvironment { store, environment in
            let id = environment.identity.id
            for number in 1...3 { _ = try await store.insert(Samples.key(.log(version: UInt32(number)), of: id)) }
            let adoption = try Samples.rotation(of: environment, to: 2, previous: 1)
            try await store.adopt(adoption, of: id)
            let found = try #require(try await store.environment(id))
            #expect(found.environmentKey.wrapped == adoption.environmentKey.wrapped)
            #expect(found.olderEnvironmentKeys.map(\.wrapped) == [environment.environmentKey.wrapped])
            #expect(found.mainKey.id == environment.mainKey.id)
            #expect(found.formerMainKeys.isEmpty)
            #expect(found.keyFloor == .first)
            #expect(found.replacedAt == nil)
            #expect(found.newestVersion == Samples.version(2))
            #expect(found.repack?.target == Samples.version(2))
            #expect(found.repack?.total == 3)
            #expect(try await store.overview(of: id)?.census.map(\.version.number) == [1, 2])
            #expect(try await store.overview(of: id)?.census.map(\.keys) == [3, 0])
            await #expect(throws: KeyStoreError(.exists, "", remedy: "")) { try await store.adopt(adoption, of: id) }
            await #expect(throws: KeyStoreError(.missing, "", remedy: "")) { try await store.adopt(adoption, of: .random()) }
        }
    }

    @Test("a replacement: the old main key is a former one, and none waits any more", arguments: StoreKind.allCases)
    func replacement(_ kind: StoreKind) async throws {
        try await kind.withEnvironment { store, environment in
            let id = environment.identity.id
            try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
            let adoption = try Samples.replacement(to: 3, previous: 2)
            // The one that waited is what now comes.
            try await store.setPending(adoption.mainKey, of: id)
            try await store.adopt(adoption, of: id)
            let found = try #require(try await store.environment(id))
            #expect(found.mainKey.id == adoption.mainKey?.id)
            #expect(found.mainKey.sealedMaterial == adoption.mainKey?.sealedMaterial)
            #expect(found.formerMainKeys.map(\.id) == [environment.mainKey.id])
            #expect(found.olderEnvironmentKeys.map(\.version.number) == [1, 2])
            #expect(found.pendingMainKey == nil)
            #expect(found.replacedAt == adoption.replacedAt)
            #expect(found.keyFloor == Samples.version(3))
            #expect(found.repack?.target == Samples.version(3))
            #expect(found.damage == nil)
            // Failed whole: the current main key is what it was.
            await #expect(throws: KeyStoreError(.exists, "", remedy: "")) {
                try await store.adopt(Samples.replacement(to: 3, previous: 2), of: id)
            }
            #expect(try await store.environment(id)?.mainKey.id == adoption.mainKey?.id)
        }
    }

    @Test("the main key that waits for its grant", arguments: StoreKind.allCases)
    func pending(_ kind: StoreKind) async throws {
        try await kind.withEnvironment { store, environment in
            let id = environment.identity.id
            for mainKey in [try Samples.mainKey(), try Samples.mainKey()] {
                try await store.setPending(mainKey, of: id)
                let found = try #require(try await store.environment(id))
                #expect(found.pendingMainKey?.id == mainKey.id)
                #expect(found.pendingMainKey?.createdAt == mainKey.createdAt)
                #expect(found.mainKey.id == environment.mainKey.id)
                #expect(found.formerMainKeys.isEmpty)
            }
            try await store.setPending(nil, of: id)
            #expect(try await store.environment(id)?.pendingMainKey == nil)
            await #expect(throws: KeyStoreError(.missing, "", remedy: "")) { try await store.setPending(Samples.mainKey(), of: .random()) }
        }
    }

    @Test("a version that its main key wrapped anew", arguments: StoreKind.allCases)
    func rewrap(_ kind: StoreKind) async throws {
        try await kind.withEnvironment { store, environment in
            let id = environment.identity.id
            try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
            for number: UInt32 in [1, 2] {
                var key = try Samples.environmentKey(number, under: environment.mainKey.id)
                key.generation = Generation("renewed")
                key.wrappedAt = WallTime(seconds: 1_800_000_000)
                try await store.rewrap(key, of: id)
                let found = try #require(try await store.environment(id)?.environmentKey(key.version))
                #expect(found.wrapped == key.wrapped)
                #expect(found.generation == key.generation)
                #expect(found.wrappedAt == key.wrappedAt)
            }
            #expect(try await store.environment(id)?.environmentKey(.first)?.createdAt == environment.environmentKey.createdAt)
            await #expect(throws: KeyStoreError(.missing, "", remedy: "")) {
                try await store.rewrap(Samples.environmentKey(3, under: environment.mainKey.id), of: id)
            }
        }
    }

    @Test("material that is destroyed, and comes back", arguments: StoreKind.allCases)
    func material(_ kind: StoreKind) async throws {
        try await kind.with { store in
            let environment = try Samples.replacedEnvironment("acme/prod")
            let id = environment.identity.id
            try await store.create(environment)
            let (former, pending) = (environment.formerMainKeys[0], try #require(environment.pendingMainKey))
            for mainKey in [environment.mainKey.id, former.id, pending.id] {
                try await store.setMaterial(nil, of: mainKey, in: id)
            }
            var found = try #require(try await store.environment(id))
            #expect(
                [found.mainKey, found.formerMainKeys.first, found.pendingMainKey].allSatisfy { $0 != nil && $0?.sealedMaterial == nil })
            let sealed = try Random.bytes(72)
            try await store.setMaterial(sealed, of: environment.mainKey.id, in: id)
            found = try #require(try await store.environment(id))
            #expect(found.mainKey.sealedMaterial == sealed)
            await #expect(throws: KeyStoreError(.missing, "", remedy: "")) { try await store.setMaterial(nil, of: .random(), in: id) }
        }
    }

    @Test("the lock and the retention", arguments: StoreKind.allCases)
    func settings(_ kind: StoreKind) async throws {
        try await kind.withEnvironment { store, environment in
            let id = environment.identity.id
            #expect(try await store.environment(id)?.retention == Retention())
            let lock = EnvironmentLock(at: WallTime(seconds: 5), reason: String(repeating: "ä", count: 512))
            let retention = Retention(hours: .seconds(90 * 86_400), logs: .seconds(1))
            try await store.setLock(lock, of: id)
            try await store.setRetention(retention, of: id)
            #expect(try await store.environment(id)?.lock == lock)
            #expect(try await store.environment(id)?.retention == retention)
            try await store.setLock(nil, of: id)
            try await store.setRetention(Retention(), of: id)
            #expect(try await store.environment(id)?.lock == nil)
            #expect(try await store.environment(id)?.retention == Retention())
            await #expect(throws: KeyStoreError(.missing, "", remedy: "")) { try await store.setLock(lock, of: .random()) }
            await #expect(throws: KeyStoreError(.missing, "", remedy: "")) { try await store.setRetention(retention, of: .random()) }
        }
    }

    @Test("the clocks as they were last seen", arguments: StoreKind.allCases)
    func clock(_ kind: StoreKind) async throws {
        try await kind.with { store in
            #expect(try await store.clockTick() == nil)
            for seconds: Int64 in [1_700_000_000, 1_600_000_000] {
                let tick = ClockTick(
                    boot: "0d8a4e0e-6c3c-4a53-9f27-0c5bd6d8e5c1", bootTime: BootInstant(nanoseconds: UInt64(seconds)),
                    wallTime: WallTime(seconds: seconds))
                try await store.keep(tick)
                #expect(try await store.clockTick() == tick)
            }
        }
    }
}
