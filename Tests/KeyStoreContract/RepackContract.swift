internal import Cryptography
import KeyHierarchy
import Testing

enum RepackContract {
    static let cases = [
        ContractCase("repacks every key, in the order of the ids, and ends when all have moved", whole),
        ContractCase("repacks only its own environment, whatever the other's ids", apart),
        ContractCase("repacks leaves out what has the wrap, and what was erased meanwhile", leftOut),
        ContractCase("repacks does not end while a key lacks the wrap, and begins again", lacking),
        ContractCase("repacks a key that comes after its version was retired is refused, not lost", tooLate),
        ContractCase("repacks takes the place of one under way, of many sources into one target", takesOver),
        ContractCase("repacks pauses and goes on", pause),
        ContractCase("repacks sweeps what was retired, by and by, and nothing else", sweep),
    ]

    @Sendable private static func whole(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let keys = try await fill(store, id, 25)
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        #expect(await keysLeft { try await store.finishRepack(of: id) } == 25)

        let (visited, moved) = try await repack(store, id, to: 2, limit: 4)
        #expect(visited.map(\.key) == keys.map(\.id).sorted())
        for item in visited {
            let key = try #require(keys.first { $0.id == item.key })
            #expect(item.wraps == key.wraps)
            #expect(item.kind == key.purpose.kind)
        }
        let last = try await store.environment(id)?.repack
        #expect(last?.moved == 25)
        #expect(last?.total == 25)
        #expect(last?.cursor == keys.map(\.id).max())
        let before = try #require(try await store.key(keys[0].id, of: id))
        #expect(before.wraps == keys[0].wraps + [Wrap(version: Samples.version(2), bytes: try #require(moved[keys[0].id]))])
        #expect(try await store.census(of: id).map(\.keys) == [25, 25])

        try await store.finishRepack(of: id)
        let found = try #require(try await store.environment(id))
        #expect(found.repack == nil)
        #expect(found.olderEnvironmentKeys.isEmpty)
        #expect(found.environmentKey.version == Samples.version(2))
        #expect(found.damage == nil)
        #expect(try await store.environmentKeys(of: id).map(\.version.number) == [2])
        #expect(try await store.census(of: id).map(\.keys) == [25])
        #expect(try await store.key(keys[0].id, of: id)?.wraps.map(\.version.number) == [2])
        await #expect(throws: KeyStoreError.any(.missing)) { try await store.finishRepack(of: id) }
    }

    @Sendable private static func apart(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let other = try Samples.environment("acme/other")
        try await store.create(other)
        let mine = try await fill(store, environment.identity.id, 5)
        _ = try await fill(store, other.identity.id, 30)
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: environment.identity.id)
        let (visited, _) = try await repack(store, environment.identity.id, to: 2, limit: 3)
        #expect(visited.map(\.key) == mine.map(\.id).sorted())
        try await store.finishRepack(of: environment.identity.id)
        #expect(try await store.census(of: other.identity.id).map(\.keys) == [30])
    }

    @Sendable private static func leftOut(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let keys = try await fill(store, id, 6)
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        let born = try await store.insert(Samples.key(.connection("born", version: 1), of: id, under: [1, 2]))
        let batch = try await store.repackBatch(of: id, to: Samples.version(2), after: nil, limit: 100)
        #expect(!batch.items.contains { $0.key == born.id })
        #expect(batch.items.count == 6)

        let erasure = try Samples.erasure(.connection("c0"), of: id)
        try await store.begin(erasure)
        _ = try await store.eraseKeys(erasure.id, limit: 100, at: WallTime(seconds: 9))
        let moved = batch.items.map { MovedKey(key: $0.key, bytes: [1]) } + [MovedKey(key: born.id, bytes: [2])]
        let record = try await store.move(moved, of: id, to: Samples.version(2), cursor: nil)
        #expect(record.moved == 5)
        #expect(try await store.key(keys[0].id, of: id) == nil)
        #expect(try await store.key(born.id, of: id)?.wraps == born.wraps)
        #expect(try await store.move(moved, of: id, to: Samples.version(2), cursor: nil).moved == 5)
        try await store.finishRepack(of: id)
    }

    @Sendable private static func lacking(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        _ = try await fill(store, id, 10)
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        _ = try await repack(store, id, to: 2, limit: 4)
        // Born of one who had not heard of the new version.
        let late = try await store.insert(Samples.key(.connection("late", version: 1), of: id))
        #expect(await keysLeft { try await store.finishRepack(of: id) } == 1)
        let record = try #require(try await store.environment(id))
        #expect(record.repack?.cursor != nil)
        #expect(record.repack?.moved == 10)
        #expect(record.olderEnvironmentKeys.count == 1)
        #expect(try await store.key(late.id, of: id)?.wraps == late.wraps)
        _ = try await store.move([], of: id, to: Samples.version(2), cursor: nil)
        let (visited, _) = try await repack(store, id, to: 2, limit: 4)
        #expect(visited.map(\.key) == [late.id])
        try await store.finishRepack(of: id)
    }

    @Sendable private static func tooLate(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        try await store.finishRepack(of: id)
        await #expect(throws: KeyStoreError.any(.missing)) {
            try await store.insert(Samples.key(.log(version: 1), of: id, under: [1]))
        }
        #expect(try await store.logKey(of: id) == nil)
        let both = try await store.insert(Samples.key(.log(version: 1), of: id, under: [1, 2]))
        #expect(both.wraps.map(\.version.number) == [2])
        #expect(try await store.key(both.id, of: id)?.wraps == both.wraps)
    }

    @Sendable private static func takesOver(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let keys = try await fill(store, id, 8)
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        let batch = try await store.repackBatch(of: id, to: Samples.version(2), after: nil, limit: 3)
        _ = try await store.move(
            batch.items.map { MovedKey(key: $0.key, bytes: [2]) }, of: id, to: Samples.version(2), cursor: batch.cursor)
        let young = try await store.insert(Samples.key(.connection("young", version: 1), of: id, under: [2]))
        try await store.adopt(Samples.replacement(to: 3, previous: 2), of: id)
        #expect(try await store.environment(id)?.repack?.total == 9)
        await #expect(throws: KeyStoreError.any(.missing)) {
            try await store.move([], of: id, to: Samples.version(2), cursor: nil)
        }
        let (visited, _) = try await repack(store, id, to: 3, limit: 4)
        #expect(visited.map(\.key) == (keys + [young]).map(\.id).sorted())
        #expect(visited.first { $0.key == batch.items[0].key }?.wraps.map(\.version.number) == [1, 2])
        try await store.finishRepack(of: id)
        let found = try #require(try await store.environment(id))
        #expect(found.formerMainKeys.isEmpty)
        #expect(found.olderEnvironmentKeys.isEmpty)
    }

    @Sendable private static func pause(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        await #expect(throws: KeyStoreError.any(.missing)) { try await store.setRepackState(.paused, of: id) }
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        let key = try await store.insert(Samples.key(.log(version: 1), of: id))
        let moved = [MovedKey(key: key.id, bytes: [2])]
        try await store.setRepackState(.paused, of: id)
        #expect(try await store.environment(id)?.repack?.state == .paused)
        // Whoever had a batch in hand when it was paused keeps nothing of it.
        await #expect(throws: KeyStoreError.any(.missing)) {
            try await store.move(moved, of: id, to: Samples.version(2), cursor: key.id)
        }
        #expect(try await store.key(key.id, of: id)?.wraps == key.wraps)
        try await store.setRepackState(.running, of: id)
        let record = try await store.move(moved, of: id, to: Samples.version(2), cursor: key.id)
        #expect(record.state == .running && record.cursor == key.id && record.moved == 1)
        #expect(try await store.move([], of: id, to: Samples.version(2), cursor: nil).cursor == nil)
    }

    @Sendable private static func sweep(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let keys = try await fill(store, id, 10)
        try await store.adopt(Samples.replacement(to: 2, previous: 1), of: id)
        #expect(try await store.sweepRetired(of: id, limit: 100) == .idle)
        #expect(try await store.key(keys[0].id, of: id)?.wraps == keys[0].wraps)
        let (_, moved) = try await repack(store, id, to: 2, limit: 100)
        try await store.finishRepack(of: id)
        var calls = 1
        while try await store.sweepRetired(of: id, limit: 3) == .more { calls += 1 }
        #expect(calls == 4)
        #expect(try await store.sweepRetired(of: id, limit: 3) == .idle)
        for key in keys {
            #expect(
                try await store.key(key.id, of: id)?.wraps == [Wrap(version: Samples.version(2), bytes: try #require(moved[key.id]))])
        }
        let found = try #require(try await store.environment(id))
        #expect(found.damage == nil)
        #expect(found.newestVersion == Samples.version(2))
    }

    /// Keys of every kind.
    private static func fill(_ store: any KeyStore, _ environment: EnvironmentID, _ count: Int) async throws -> [KeyRecord] {
        var keys: [KeyRecord] = []
        for number in 0..<count {
            let purpose: KeyRecord.Purpose =
                switch number % 3 {
                case 0: .connection(ConnectionID("c\(number)"), version: 1)
                case 1: .log(version: UInt32(number))
                default: Samples.hourly(UInt32(number))
                }
            keys.append(try await store.insert(Samples.key(purpose, of: environment)))
        }
        return keys
    }

    /// Moves every key that has no wrap under `target`.
    private static func repack(
        _ store: any KeyStore, _ environment: EnvironmentID, to target: UInt32, limit: Int
    ) async throws -> (visited: [RepackBatch.Item], moved: [KeyID: [UInt8]]) {
        let target = Samples.version(target)
        var visited: [RepackBatch.Item] = []
        var moved: [KeyID: [UInt8]] = [:]
        var cursor = try await store.environment(environment)?.repack?.cursor
        while true {
            let batch = try await store.repackBatch(of: environment, to: target, after: cursor, limit: limit)
            guard let reached = batch.cursor else { break }
            #expect(batch.items.count <= limit)
            visited += batch.items
            let keys = try batch.items.map { MovedKey(key: $0.key, bytes: try Random.bytes(72)) }
            for key in keys { moved[key.key] = key.bytes }
            cursor = try await store.move(keys, of: environment, to: target, cursor: reached).cursor
            // Else the next round would begin where this one did, for ever.
            try #require(cursor == reached)
        }
        return (visited, moved)
    }
}
