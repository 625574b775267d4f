internal import Cryptography
import KeyHierarchy
import Testing

enum ErasureContract {
    static let cases = [
        ContractCase("erases hours that have ended, the active one's too, and no others", hours),
        ContractCase(
            "erases a key of an hour that is not its own: made while the clock was wrong, it goes an hour after its making", strayed),
        ContractCase("erases a key that was made ahead keeps to the end of its hour", ahead),
        ContractCase("erases every version of a connection's key", connection),
        ContractCase("erases versions of the log key that a newer one had followed by then", logs),
        ContractCase("erases also in the middle of a repack, under every version, the retired ones too", duringRepack),
        ContractCase("erases for good: the key never comes back", neverBack),
        ContractCase("erases and keeps what is under way until there is a receipt", receipts),
        ContractCase("erases a deleted environment's erasures and tombstones go with it; its receipts stay", deletion),
        ContractCase("erases what there was when it began, and nothing that was made since", fixed),
        ContractCase("adds to an erasure that is begun a second time, and moves its time on", widened),
        ContractCase("takes no key twice, though two erasures were begun for it", twice),
    ]

    private static let now = WallTime(seconds: 1_700_009_000)

    @Sendable private static func hours(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        var keys: [KeyRecord] = []
        for hour: UInt32 in 1000...1003 {
            keys.append(try await store.insert(Samples.key(Samples.hourly(hour), of: id, createdAt: Hour(number: hour).start)))
        }
        _ = try await store.insert(Samples.key(.log(version: 1), of: id, createdAt: WallTime(seconds: 1)))
        // One second before 1002 ends.
        let time = WallTime(seconds: 1003 * 3600 - 1)
        let covered = EnvironmentContents(hourlyKeys: 2, firstHour: Hour(number: 1000), lastHour: Hour(number: 1001))
        #expect(try await store.contents(of: id, under: .before(time)) == covered)
        #expect(try await store.contents(of: id, under: .before(time.advanced(by: .seconds(1)))).hourlyKeys == 3)
        let gone = try await erase(store, .before(time), of: id, limit: 1)
        #expect(Set(gone.map(\.key)) == Set(keys.prefix(2).map(\.id)))
        #expect(gone.allSatisfy { $0.kind == .hourly && $0.erasedAt == now && $0.environment == id })
        #expect(gone.compactMap(\.hour).map(\.number).sorted() == [1000, 1001])
        #expect(try await store.key(keys[0].id, of: id) == nil)
        #expect(try await store.hourlyKey(of: id, for: 1003)?.id == keys[3].id)
        #expect(try await store.census(of: id).map(\.keys) == [3])
        _ = try await erase(store, .before(WallTime(seconds: 1004 * 3600)), of: id)
        #expect(try await store.hourlyKey(of: id, for: 1003) == nil)
        #expect(try await store.contents(of: id) == EnvironmentContents(logKeys: 1))
    }

    @Sendable private static func strayed(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let made = Hour(number: 1000).start.advanced(by: .seconds(600))
        let end = made.advanced(by: .seconds(3600))
        for hour: UInt32 in [100, 2000, 1002] {
            let key = try await store.insert(Samples.key(Samples.hourly(hour), of: id, createdAt: made))
            #expect(try await erase(store, .before(end.advanced(by: .seconds(-1))), of: id).isEmpty)
            #expect(try await erase(store, .before(end), of: id).map(\.key) == [key.id])
        }
    }

    @Sendable private static func ahead(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let made = Hour(number: 1000).start.advanced(by: .seconds(3000))
        let key = try await store.insert(Samples.key(Samples.hourly(1001), of: id, createdAt: made))
        #expect(try await erase(store, .before(WallTime(seconds: 1002 * 3600 - 1)), of: id).isEmpty)
        #expect(try await erase(store, .before(WallTime(seconds: 1002 * 3600)), of: id).map(\.key) == [key.id])
    }

    @Sendable private static func connection(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        for version: UInt32 in 1...3 { _ = try await store.insert(Samples.key(.connection("shop", version: version), of: id)) }
        let other = try await store.insert(Samples.key(.connection("shop\0", version: 1), of: id))
        #expect(try await store.contents(of: id, under: .connection("shop")) == EnvironmentContents(connectionKeys: 3))
        let gone = try await erase(store, .connection("shop"), of: id, limit: 2)
        #expect(gone.count == 3)
        #expect(gone.allSatisfy { $0.kind == .connection && $0.hour == nil })
        #expect(try await store.connectionKey("shop", of: id) == nil)
        #expect(try await store.connectionKey("shop\0", of: id)?.id == other.id)
    }

    @Sendable private static func logs(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        var keys: [KeyRecord] = []
        for version: UInt32 in 1...3 {
            let made = WallTime(seconds: Int64(version) * 1000)
            keys.append(try await store.insert(Samples.key(.log(version: version), of: id, createdAt: made)))
        }
        #expect(try await store.contents(of: id, under: .logs(before: WallTime(seconds: 1999))) == EnvironmentContents())
        #expect(try await erase(store, .logs(before: WallTime(seconds: 1999)), of: id).isEmpty)
        #expect(try await erase(store, .logs(before: WallTime(seconds: 2000)), of: id).map(\.key) == [keys[0].id])
        #expect(try await erase(store, .logs(before: WallTime(seconds: 9999)), of: id).map(\.key) == [keys[1].id])
        #expect(try await store.logKey(of: id)?.id == keys[2].id)
    }

    @Sendable private static func duringRepack(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let key = try await store.insert(Samples.key(.connection("shop", version: 1), of: id))
        let other = try await store.insert(Samples.key(.connection("other", version: 1), of: id))
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        let moved = [key, other].map { MovedKey(key: $0.id, bytes: [2]) }
        _ = try await store.move(moved, of: id, to: Samples.version(2), cursor: nil)
        try await store.finishRepack(of: id)
        try await store.adopt(Samples.replacement(to: 3, previous: 2), of: id)
        #expect(try await erase(store, .connection("shop"), of: id).count == 1)
        #expect(try await store.census(of: id).map(\.keys) == [1, 0])
        _ = try await store.move([MovedKey(key: other.id, bytes: [3])], of: id, to: Samples.version(3), cursor: nil)
        try await store.finishRepack(of: id)
        while try await store.sweepRetired(of: id, limit: 1) == .more {}
        #expect(try await store.census(of: id).map(\.keys) == [1])
    }

    @Sendable private static func neverBack(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let key = try await store.insert(Samples.key(.connection("shop", version: 1), of: id))
        let gone = try await erase(store, .connection("shop"), of: id)
        await #expect(throws: KeyStoreError.any(.exists)) { try await store.insert(key) }
        #expect(try await store.tombstone(of: key.id, in: id) == gone.first)
        #expect(try await store.tombstone(of: key.id, in: .random()) == nil)
        #expect(try await store.tombstone(of: .random(), in: id) == nil)
        #expect(try await store.insert(Samples.key(.connection("shop", version: 1), of: id)).id != key.id)
    }

    @Sendable private static func receipts(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        for number in 0..<5 { _ = try await store.insert(Samples.key(.connection("shop", version: UInt32(number)), of: id)) }
        let subjects: [ErasureRecord.Subject] = [
            .connection("shop"), .before(WallTime(seconds: 5)), .logs(before: WallTime(seconds: 6)),
        ]
        let erasures = try subjects.enumerated().map { number, subject in
            try Samples.erasure(
                subject, of: id, cause: number == 1 ? .retention : .command, startedAt: WallTime(seconds: Int64(number)))
        }
        for erasure in erasures.reversed() { try await store.begin(erasure) }
        #expect(try await store.openErasures() == erasures)
        await #expect(throws: KeyStoreError.any(.missing)) {
            try await store.begin(Samples.erasure(.connection("x"), of: .random()))
        }
        #expect(try await store.eraseKeys(erasures[0].id, limit: 3, at: now).count == 3)
        await #expect(throws: KeyStoreError.any(.missing)) { try await store.finishErasure(Samples.receipt(of: erasures[0])) }
        #expect(try await store.eraseKeys(erasures[0].id, limit: 100, at: now).count == 2)
        #expect(try await store.eraseKeys(erasures[0].id, limit: 100, at: now).isEmpty)
        try await store.purge()

        var listed: [Tombstone] = []
        while true {
            let page = try await store.tombstones(of: erasures[0].id, after: listed.last?.key, limit: 2)
            guard !page.isEmpty else { break }
            #expect(page.count <= 2)
            listed += page
        }
        #expect(listed.count == 5)
        #expect(listed.map(\.key) == listed.map(\.key).sorted())
        #expect(try await store.tombstones(of: erasures[1].id, after: nil, limit: 100).isEmpty)

        let signed = try [0, 2].map { try Samples.receipt(of: erasures[$0]) }
        for receipt in signed { try await store.finishErasure(receipt) }
        #expect(try await store.openErasures() == [erasures[1]])
        #expect(try await store.receipts(of: id) == signed)
        #expect(try await store.receipts(of: .random()).isEmpty)
        #expect(try await store.receipt(erasures[2].id) == signed[1])
        #expect(try await store.receipt(erasures[1].id) == nil)
        await #expect(throws: KeyStoreError.any(.missing)) { try await store.finishErasure(signed[0]) }
        await #expect(throws: KeyStoreError.any(.missing)) {
            try await store.eraseKeys(erasures[0].id, limit: 1, at: now)
        }
        await #expect(throws: KeyStoreError.any(.exists)) { try await store.begin(erasures[0]) }
    }

    @Sendable private static func deletion(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let key = try await store.insert(Samples.key(.connection("shop", version: 1), of: id))
        let done = try Samples.erasure(.connection("shop"), of: id)
        try await store.begin(done)
        _ = try await store.eraseKeys(done.id, limit: 1, at: now)
        let receipt = try Samples.receipt(of: done)
        try await store.finishErasure(receipt)
        try await store.begin(Samples.erasure(.connection("other"), of: id))
        try await store.adopt(Samples.replacement(to: 2, previous: 1), of: id)
        try await store.setPending(PendingMainKey(Samples.mainKey(), withoutOld: true), of: id)
        try await store.delete(id)
        #expect(try await store.openErasures().isEmpty)
        #expect(try await store.tombstone(of: key.id, in: id) == nil)
        #expect(try await store.environment(id) == nil)
        #expect(try await store.receipts(of: id) == [receipt])
    }

    @Sendable private static func fixed(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let old = try await store.insert(Samples.key(.connection("shop", version: 1), of: id))
        let erasure = try Samples.erasure(.connection("shop"), of: id)
        let applied = try await store.make(.erase(erasure), of: id)
        #expect(!applied.isPurgeDue)
        let young = try await store.insert(Samples.key(.connection("shop", version: 2), of: id))
        #expect(try await store.contents(of: id, under: .connection("shop")).connectionKeys == 2)
        #expect(try await store.eraseKeys(erasure.id, limit: 10, at: now).map(\.key) == [old.id])
        #expect(try await store.eraseKeys(erasure.id, limit: 10, at: now).isEmpty)
        #expect(try await store.connectionKey("shop", of: id)?.id == young.id)
        try await store.finishErasure(Samples.receipt(of: erasure))
        #expect(try await store.key(young.id, of: id)?.wraps == young.wraps)
    }

    @Sendable private static func widened(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        var keys: [KeyRecord] = []
        for hour: UInt32 in 1000...1002 {
            keys.append(try await store.insert(Samples.key(Samples.hourly(hour), of: id, createdAt: Hour(number: hour).start)))
        }
        var erasure = try Samples.erasure(.before(WallTime(seconds: 1001 * 3600)), of: id)
        try await store.begin(erasure)
        #expect(try await store.eraseKeys(erasure.id, limit: 10, at: now).map(\.key) == [keys[0].id])
        erasure.subject = .before(WallTime(seconds: 1002 * 3600))
        try await store.begin(erasure)
        #expect(try await store.openErasures() == [erasure])
        #expect(try await store.eraseKeys(erasure.id, limit: 10, at: now).map(\.key) == [keys[1].id])
        // Never back, and never to something else.
        try await store.begin(Samples.erasure(.before(WallTime(seconds: 5)), of: id, as: erasure.id))
        #expect(try await store.openErasures() == [erasure])
        for other in [ErasureRecord.Subject.connection("shop"), .logs(before: now)] {
            await #expect(throws: KeyStoreError.any(.failed)) { try await store.begin(Samples.erasure(other, of: id, as: erasure.id)) }
        }
        #expect(try await store.eraseKeys(erasure.id, limit: 10, at: now).isEmpty)
        #expect(try await store.tombstones(of: erasure.id, after: nil, limit: 10).count == 2)
        #expect(try await store.key(keys[2].id, of: id) != nil)
    }

    @Sendable private static func twice(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let key = try await store.insert(Samples.key(.connection("shop", version: 1), of: id))
        let (first, second) = (try Samples.erasure(.connection("shop"), of: id), try Samples.erasure(.connection("shop"), of: id))
        try await store.begin(first)
        try await store.begin(second)
        #expect(try await store.eraseKeys(second.id, limit: 1, at: now).map(\.key) == [key.id])
        #expect(try await store.eraseKeys(first.id, limit: 1, at: now.advanced(by: .seconds(1))).isEmpty)
        #expect(try await store.tombstone(of: key.id, in: id)?.erasure == second.id)
        #expect(try await store.tombstone(of: key.id, in: id)?.erasedAt == now)
        for erasure in [first, second] { try await store.finishErasure(Samples.receipt(of: erasure)) }
    }

    /// Begins an erasure, and goes on until nothing is left of its subject.
    private static func erase(
        _ store: any KeyStore, _ subject: ErasureRecord.Subject, of environment: EnvironmentID, limit: Int = 100
    ) async throws -> [Tombstone] {
        let erasure = try Samples.erasure(subject, of: environment)
        try await store.begin(erasure)
        var gone: [Tombstone] = []
        while true {
            let batch = try await store.eraseKeys(erasure.id, limit: limit, at: now)
            guard !batch.isEmpty else { return gone }
            #expect(batch.count <= limit)
            #expect(batch.allSatisfy { $0.erasure == erasure.id })
            gone += batch
        }
    }
}
