import KeyHierarchy
import Testing

@Suite("Every key store keeps hourly keys")
struct HourlyKeyContractTests {
    @Test("made ahead beside the active one, one for each hour", arguments: StoreKind.allCases)
    func upcoming(_ kind: StoreKind) async throws {
        try await kind.withEnvironment { store, environment in
            let id = environment.identity.id
            let active = try await store.insert(Samples.key(Samples.hourly(100), of: id))
            let ahead = try await store.insert(Samples.key(Samples.hourly(101, .upcoming), of: id))
            #expect(try await store.activeHourlyKey(of: id)?.id == active.id)
            let found = try #require(try await store.upcomingHourlyKey(of: id, for: Hour(number: 101)))
            #expect(found.id == ahead.id)
            #expect(found.wraps == ahead.wraps)
            #expect(found.purpose == Samples.hourly(101, .upcoming))
            #expect(try await store.upcomingHourlyKey(of: id, for: Hour(number: 100)) == nil)
            #expect(try await store.upcomingHourlyKey(of: .random(), for: Hour(number: 101)) == nil)
            #expect(try await store.insert(Samples.key(Samples.hourly(101, .upcoming), of: id)).id == ahead.id)
            let further = try await store.insert(Samples.key(Samples.hourly(102, .upcoming), of: id))
            #expect(try await store.upcomingHourlyKey(of: id, for: Hour(number: 102))?.id == further.id)
        }
    }

    @Test("made active: the active one is closed, and what was ahead for an earlier hour", arguments: StoreKind.allCases)
    func activation(_ kind: StoreKind) async throws {
        try await kind.withEnvironment { store, environment in
            let id = environment.identity.id
            let old = try await store.insert(Samples.key(Samples.hourly(100), of: id))
            let passed = try await store.insert(Samples.key(Samples.hourly(101, .upcoming), of: id))
            let next = try await store.insert(Samples.key(Samples.hourly(102, .upcoming), of: id))
            let later = try await store.insert(Samples.key(Samples.hourly(103, .upcoming), of: id))
            try await store.activateHourlyKey(next.id, of: id)
            #expect(try await store.activeHourlyKey(of: id)?.id == next.id)
            #expect(try await store.key(old.id, of: id)?.purpose == Samples.hourly(100, .inactive))
            #expect(try await store.key(passed.id, of: id)?.purpose == Samples.hourly(101, .inactive))
            #expect(try await store.upcomingHourlyKey(of: id, for: Hour(number: 103))?.id == later.id)
            for closed in [old, passed] {
                try await store.activateHourlyKey(closed.id, of: id)
                #expect(try await store.activeHourlyKey(of: id)?.id == next.id)
            }
            try await store.activateHourlyKey(next.id, of: id)
            #expect(try await store.activeHourlyKey(of: id)?.id == next.id)
            await #expect(throws: KeyStoreError(.missing, "", remedy: "")) { try await store.activateHourlyKey(.random(), of: id) }
            await #expect(throws: KeyStoreError(.missing, "", remedy: "")) { try await store.activateHourlyKey(later.id, of: .random()) }
        }
    }

    @Test("a new active one closes what was ahead for its hour or an earlier one", arguments: StoreKind.allCases)
    func passed(_ kind: StoreKind) async throws {
        try await kind.withEnvironment { store, environment in
            let id = environment.identity.id
            let passed = try await store.insert(Samples.key(Samples.hourly(101, .upcoming), of: id))
            let later = try await store.insert(Samples.key(Samples.hourly(103, .upcoming), of: id))
            let active = try await store.insert(Samples.key(Samples.hourly(102), of: id))
            #expect(try await store.activeHourlyKey(of: id)?.id == active.id)
            #expect(try await store.key(passed.id, of: id)?.purpose == Samples.hourly(101, .inactive))
            #expect(try await store.key(later.id, of: id)?.purpose == Samples.hourly(103, .upcoming))
        }
    }

    @Test("one that was born before a replacement serves no more", arguments: StoreKind.allCases, [HourlyKey.State.active, .upcoming])
    func floor(_ kind: StoreKind, state: HourlyKey.State) async throws {
        try await kind.withEnvironment { store, environment in
            let id = environment.identity.id
            let purpose = Samples.hourly(100, state)
            let old = try await store.insert(Samples.key(purpose, of: id))
            #expect(old.born == .first)
            try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
            #expect(try await store.insert(Samples.key(purpose, of: id, under: [1, 2])).id == old.id)
            try await store.adopt(Samples.replacement(to: 3, previous: 2), of: id)
            let new = try await store.insert(Samples.key(purpose, of: id, under: [2, 3]))
            #expect(try await store.key(old.id, of: id)?.purpose == Samples.hourly(100, .inactive))
            let serving =
                state == .active
                ? try await store.activeHourlyKey(of: id) : try await store.upcomingHourlyKey(of: id, for: Hour(number: 100))
            #expect(serving?.id == new.id)
            #expect(serving?.born == Samples.version(3))
            #expect(try await store.insert(Samples.key(purpose, of: id, under: [2, 3])).id == new.id)
        }
    }
}
