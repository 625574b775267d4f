import KeyHierarchy
import Testing

enum DoubtContract {
    static let cases = [
        ContractCase("gives what is made in doubt the number of the doubt that lasts", numbers),
        ContractCase("tells of everything that was made in doubt when belief returned", stamps),
        ContractCase("keeps the keys of an hour apart by doubt", hours),
        ContractCase("erases a key that was made in doubt an hour after belief returned, and never before", hourlyRetention),
        ContractCase("counts a log key that was made in doubt from when belief returned", logRetention),
    ]
    private static let now = WallTime(seconds: 1_700_009_000)

    private static func doubtful(_ purpose: KeyRecord.Purpose, of id: EnvironmentID, at time: WallTime = now) throws -> KeyRecord {
        try Samples.key(purpose, of: id, createdAt: time, inDoubt: true)
    }

    @Sendable private static func numbers(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        // Where there is none, nothing ends.
        try await store.endDoubt(at: WallTime(seconds: 5))
        let first = try await store.insert(doubtful(.log(version: 1), of: id))
        let second = try await store.insert(doubtful(.log(version: 2), of: id))
        let believed = try await store.insert(Samples.key(.log(version: 3), of: id))
        #expect(first.createdAt.doubt == Stamp.Doubt(number: 1))
        #expect(second.createdAt.doubt == Stamp.Doubt(number: 1))
        #expect(believed.createdAt.doubt == nil)
        for key in [first, second, believed] { #expect(try await store.key(key.id, of: id)?.createdAt == key.createdAt) }
        try await store.endDoubt(at: now)
        try await store.endDoubt(at: now.advanced(by: .seconds(99)))
        let third = try await store.insert(doubtful(.log(version: 4), of: id))
        #expect(third.createdAt.doubt == Stamp.Doubt(number: 2))
        #expect(try await store.key(first.id, of: id)?.createdAt.doubt == Stamp.Doubt(number: 1, endedAt: now))
        #expect(try await store.key(third.id, of: id)?.createdAt.counted == nil)
        // What failed opens none.
        try await store.endDoubt(at: now)
        await #expect(throws: KeyStoreError.any(.missing)) {
            try await store.insert(Samples.key(.log(version: 5), of: id, under: [9], inDoubt: true))
        }
        #expect(try await store.insert(doubtful(.log(version: 6), of: id)).createdAt.doubt?.number == 3)
    }

    @Sendable private static func stamps(_ store: any KeyStore) async throws {
        var environment = try Samples.environment("acme/prod")
        environment.mainKey.createdAt.doubt = Stamp.Doubt()
        try await store.create(environment)
        let id = environment.identity.id
        var pending = PendingMainKey(try Samples.mainKey(), withoutOld: false)
        pending.record.createdAt.doubt = Stamp.Doubt()
        var adoption = try Samples.replacement(to: 2, previous: 1)
        adoption.replacedAt?.doubt = Stamp.Doubt()
        adoption.mainKey?.createdAt.doubt = Stamp.Doubt()
        adoption.endsPending = false
        try await store.setPending(pending, of: id)
        let applied = try #require(try await store.make(.adopt(adoption), of: id).record)
        #expect(applied.replacedAt == Stamp(try #require(adoption.replacedAt?.time), doubt: Stamp.Doubt(number: 1)))
        for ended in [nil, now] {
            if let ended { try await store.endDoubt(at: ended) }
            for record in [try await store.environment(id), try await store.environments().first] {
                let record = try #require(record)
                let stamps = [
                    record.mainKey.createdAt, record.formerMainKeys.first?.createdAt, record.pending?.record.createdAt, record.replacedAt,
                ]
                #expect(stamps.allSatisfy { $0?.doubt == Stamp.Doubt(number: 1, endedAt: ended) })
                #expect(stamps.allSatisfy { $0?.counted == ended })
                #expect(record.damage == nil)
            }
        }
    }

    @Sendable private static func hours(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        func serving(_ hour: UInt32, inDoubt: Bool) async throws -> KeyID? {
            try await store.hourlyKey(of: id, for: Hour(number: hour), floor: .first, inDoubt: inDoubt)?.id
        }
        let first = try await store.insert(doubtful(Samples.hourly(100), of: id))
        #expect(try await serving(100, inDoubt: false) == nil)
        #expect(try await serving(100, inDoubt: true) == first.id)
        #expect(try await store.insert(doubtful(Samples.hourly(100), of: id)).id == first.id)
        try await store.endDoubt(at: now)
        // Its doubt is over: it encrypts nothing more, in the next doubt neither.
        #expect(try await serving(100, inDoubt: true) == nil)
        let believed = try await store.insert(Samples.key(Samples.hourly(100), of: id))
        #expect(believed.id != first.id)
        #expect(try await serving(100, inDoubt: false) == believed.id)
        // The hours of a clock that is in doubt are not those of one that is believed.
        #expect(try await serving(100, inDoubt: true) == nil)
        let second = try await store.insert(doubtful(Samples.hourly(100), of: id))
        #expect(Set([first.id, believed.id, second.id]).count == 3)
        #expect(try await serving(100, inDoubt: true) == second.id)
        #expect(try await serving(100, inDoubt: false) == believed.id)
        #expect(try await store.contents(of: id).hourlyKeys == 3)
    }

    @Sendable private static func hourlyRetention(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        // Years ahead, and years back: neither says when it encrypted for the last time.
        let made = [WallTime(seconds: 1_900_000_000), WallTime(seconds: 1_000_000_000)]
        var keys: [KeyID] = []
        for time in made { keys.append(try await store.insert(doubtful(.hourly(time.hour), of: id, at: time)).id) }
        let ever = ErasureRecord.Subject.before(WallTime(seconds: 4_000_000_000))
        #expect(try await store.contents(of: id, under: ever) == EnvironmentContents())
        let early = try Samples.erasure(ever, of: id)
        try await store.begin(early)
        #expect(try await store.eraseKeys(early.id, limit: 10, at: now).isEmpty)

        try await store.endDoubt(at: now)
        let end = now.advanced(by: .seconds(3600))
        #expect(try await store.contents(of: id, under: .before(end.advanced(by: .seconds(-1)))) == EnvironmentContents())
        #expect(try await store.contents(of: id, under: .before(end)).hourlyKeys == 2)
        // The first erasure's set was fixed while nobody could tell.
        #expect(try await store.eraseKeys(early.id, limit: 10, at: now).isEmpty)
        let late = try Samples.erasure(.before(end), of: id)
        try await store.begin(late)
        #expect(try await store.eraseKeys(late.id, limit: 10, at: now).map(\.key) == keys.sorted())
    }

    @Sendable private static func logRetention(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let old = try await store.insert(Samples.key(.log(version: 1), of: id, createdAt: WallTime(seconds: 1000)))
        let new = try await store.insert(doubtful(.log(version: 2), of: id, at: WallTime(seconds: 2000)))
        let ever = ErasureRecord.Subject.logs(before: WallTime(seconds: 4_000_000_000))
        #expect(try await store.contents(of: id, under: ever) == EnvironmentContents())
        try await store.endDoubt(at: now)
        #expect(try await store.contents(of: id, under: .logs(before: now.advanced(by: .seconds(-1)))) == EnvironmentContents())
        let erasure = try Samples.erasure(.logs(before: now), of: id)
        try await store.begin(erasure)
        #expect(try await store.eraseKeys(erasure.id, limit: 10, at: now).map(\.key) == [old.id])
        #expect(try await store.logKey(of: id)?.id == new.id)
    }
}
