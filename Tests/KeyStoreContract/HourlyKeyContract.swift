import KeyHierarchy
import Testing

enum HourlyKeyContract {
    static let cases = [
        ContractCase("keeps one key for an hour, whichever hour came before", oneForEach),
        ContractCase("keeps hourly keys apart by environment", apart),
        ContractCase("lets no key that was born before a replacement encrypt in its hour any more", replaced),
        ContractCase("serves an hour by what was born, after a replacement was taken back too", takenBack),
        ContractCase("refuses a key that a replacement overtook on its way, of any kind", overtaken),
        ContractCase("keeps a key that is given twice once", twice),
    ]

    @Sendable private static func oneForEach(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        #expect(try await store.hourlyKey(of: id, for: 100) == nil)
        let first = try await store.insert(Samples.key(Samples.hourly(100), of: id))
        let ahead = try await store.insert(Samples.key(Samples.hourly(101), of: id))
        let same = try await store.insert(Samples.key(Samples.hourly(100), of: id))
        #expect(same.id == first.id)
        #expect(same.wraps == first.wraps)
        // A key is what it is: no other hour changes it.
        for _ in 0..<2 {
            #expect(try await store.hourlyKey(of: id, for: 100)?.id == first.id)
            #expect(try await store.hourlyKey(of: id, for: 101)?.id == ahead.id)
            #expect(try await store.key(first.id, of: id)?.purpose == Samples.hourly(100))
            _ = try await store.insert(Samples.key(Samples.hourly(102), of: id))
        }
        #expect(try await store.hourlyKey(of: id, for: 103) == nil)
        #expect(try await store.hourlyKey(of: .random(), for: 100) == nil)
        #expect(
            try await store.contents(of: id)
                == EnvironmentContents(hourlyKeys: 3, firstHour: Hour(number: 100), lastHour: Hour(number: 102)))
    }

    @Sendable private static func apart(_ store: any KeyStore) async throws {
        let (one, other) = (try await store.newEnvironment("acme/one"), try await store.newEnvironment("acme/other"))
        let first = try await store.insert(Samples.key(Samples.hourly(100), of: one.identity.id))
        let second = try await store.insert(Samples.key(Samples.hourly(100), of: other.identity.id))
        #expect(first.id != second.id)
        #expect(try await store.hourlyKey(of: one.identity.id, for: 100)?.id == first.id)
        #expect(try await store.hourlyKey(of: other.identity.id, for: 100)?.id == second.id)
    }

    @Sendable private static func replaced(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let old = try await store.insert(Samples.key(Samples.hourly(100), of: id))
        #expect(old.born == .first)
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        #expect(try await store.insert(Samples.key(Samples.hourly(100), of: id, under: [1, 2])).id == old.id)
        try await store.adopt(Samples.replacement(to: 3, previous: 2), of: id)
        #expect(try await store.hourlyKey(of: id, for: 100, floor: 3) == nil)
        let new = try await store.insert(Samples.key(Samples.hourly(100), of: id, under: [2, 3], floor: 3))
        #expect(new.id != old.id)
        #expect(try await store.hourlyKey(of: id, for: 100, floor: 3)?.id == new.id)
        #expect(new.born == Samples.version(3))
        #expect(try await store.insert(Samples.key(Samples.hourly(100), of: id, under: [2, 3], floor: 3)).id == new.id)
        // It decrypts all the same.
        #expect(try await store.key(old.id, of: id)?.wraps == old.wraps)
    }

    @Sendable private static func takenBack(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let old = try await store.insert(Samples.key(Samples.hourly(100), of: id))
        try await store.adopt(Samples.replacement(to: 2, previous: 1), of: id)
        let new = try await store.insert(Samples.key(Samples.hourly(100), of: id, under: [1, 2], floor: 2))
        let other = try await store.insert(Samples.key(Samples.hourly(101), of: id, under: [1, 2], floor: 2))
        try await store.cancelRepack(of: id, at: WallTime(seconds: 1_700_003_000))
        let floor = try #require(try await store.environment(id)?.keyFloor)
        #expect(floor == .first)
        // Both would do; which of them it is does not change.
        let serving = try #require(try await store.hourlyKey(of: id, for: 100))
        #expect([old.id, new.id].contains(serving.id))
        #expect(try await store.insert(Samples.key(Samples.hourly(100), of: id)).id == serving.id)
        #expect(try await store.insert(Samples.key(Samples.hourly(101), of: id)).id == other.id)
    }

    @Sendable private static func overtaken(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        try await store.adopt(Samples.replacement(to: 2, previous: 1), of: id)
        for purpose in [Samples.hourly(100), .connection("shop", version: 1), .log(version: 1)] {
            for floor: UInt32 in [1, 3] {
                await #expect(throws: KeyStoreError.any(.stale)) {
                    try await store.insert(Samples.key(purpose, of: id, under: [1, 2], floor: floor))
                }
            }
            let key = try await store.insert(Samples.key(purpose, of: id, under: [1, 2], floor: 2))
            #expect(key.floor == Samples.version(2))
            #expect(try await store.key(key.id, of: id)?.floor == Samples.version(2))
        }
        #expect(try await store.contents(of: id).hourlyKeys == 1)
    }

    @Sendable private static func twice(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        for purpose in [Samples.hourly(100), .connection("shop", version: 1), .log(version: 1)] {
            let key = try Samples.key(purpose, of: id)
            for _ in 0..<2 { #expect(try await store.insert(key).wraps == key.wraps) }
        }
        #expect(try await store.census(of: id).map(\.keys) == [3])
    }
}
