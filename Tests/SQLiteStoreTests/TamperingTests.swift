import GRDB
import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import Testing

/// What a forger can do who may write the file, and has no root key.
@Suite("A row changed by other hands")
struct TamperingTests {
    private let state: StateDirectory
    private let forged: EnvironmentRecord
    private let sound: EnvironmentRecord
    private let forgedKey: KeyRecord
    private let soundKey: KeyRecord

    init() async throws {
        state = try StateDirectory()
        forged = try Samples.replacedEnvironment("acme/forged")
        sound = try Samples.replacedEnvironment("acme/sound")
        forgedKey = try Samples.key(Samples.hourly(100), of: forged.identity.id, under: [1, 2], floor: 2)
        soundKey = try Samples.key(Samples.hourly(100), of: sound.identity.id, under: [1, 2], floor: 2)
        try await state.fill([forged, sound], keys: [forgedKey, soundKey])
    }

    private var forgedID: StatementArguments { [forged.identity.id.data] }

    @Test("any column of an environment's rows: it is damaged, and the other works on", arguments: Column.deciding)
    func columns(_ column: Column) async throws {
        try state.edit("UPDATE \(column.table) SET \(column.change) WHERE \(column.table.place) = ?", forgedID)
        try await expectForgedIsDamaged(naming: column.table.rawValue)
    }

    @Test("any column of a key's row: it never opens, and the other environment's does", arguments: Column.of(.keys))
    func keys(_ column: Column) async throws {
        try state.edit("UPDATE keys SET \(column.change) WHERE environment = ?", forgedID)
        let store = try state.open()
        let id = forged.identity.id
        #expect(try await unlessDamaged { try await store.key(forgedKey.id, of: id) } == nil)
        for inDoubt in [false, true] {
            let floor = Samples.version(2)
            #expect(
                try await unlessDamaged { try await store.hourlyKey(of: id, for: Hour(number: 100), floor: floor, inDoubt: inDoubt) }
                    == nil)
        }
        #expect(try await unlessDamaged { try await store.logKey(of: id) } == nil)
        try await expectSoundWorks(store)
    }

    @Test("a generation: the main key is not rotated to it unseen", arguments: Column.of(.generations))
    func generations(_ column: Column) async throws {
        try state.edit("UPDATE OR REPLACE generations SET \(column.change) WHERE environment = ?", forgedID)
        let store = try state.open()
        var adoption = try Samples.rotation(of: forged, to: 3, previous: 2)
        adoption.environmentKey.generation = Generation("g2")
        // One that is not found is not known of: the row's absence is not noticed.
        if column.name == "mac" {
            await #expect(throws: KeyStoreError.any(.damaged)) { try await store.adopt(adoption, of: forged.identity.id) }
        }
        try await expectSoundWorks(store)
    }

    @Test("the feed: it is damaged, and a change puts its environment's entry right", arguments: Column.of(.feed))
    func feed(_ column: Column) async throws {
        try state.edit("UPDATE feed SET \(column.change) WHERE environment = ?", forgedID)
        let store = try state.open()
        await #expect(throws: KeyStoreError.any(.damaged)) { try await store.feed(after: 0, limit: 10) }
        try await store.make(.setRetention(Retention()), of: forged.identity.id)
        if column.name != "environment" {
            #expect(try await store.feed(after: 0, limit: 10).last?.environment == forged.identity.id)
        }
        try await expectSoundWorks(store)
    }

    @Test("a doubt: what was made in it never counts", arguments: Column.of(.doubts))
    func doubts(_ column: Column) async throws {
        let store = try state.open()
        let id = forged.identity.id
        let key = try await store.insert(Samples.key(.log(version: 1), of: id, under: [2], inDoubt: true, floor: 2))
        var pending = PendingMainKey(try Samples.mainKey(), withoutOld: false)
        pending.record.createdAt.doubt = Stamp.Doubt()
        try await store.setPending(pending, of: id)
        try await store.endDoubt(at: WallTime(seconds: 1_800_000_000))
        try store.close()
        _ = consume store
        try state.edit("UPDATE doubts SET \(column.change)")
        let again = try state.open()
        await #expect(throws: KeyStoreError.any(.damaged)) { try await again.key(key.id, of: id) }
        let record = try #require(try await again.environment(id))
        #expect(record.damage?.contains("doubts") == true)
        #expect(record.pending?.record.createdAt.counted == nil)
        await #expect(throws: KeyStoreError.any(.damaged)) {
            try await again.begin(Samples.erasure(.before(WallTime(seconds: 4_000_000_000)), of: id))
        }
        try await expectSoundWorks(again)
    }

    @Test("another environment's sound columns and code, copied over", arguments: Table.ofEnvironments)
    func copied(_ table: Table) async throws {
        let columns = table.columns.filter { !["id", "name", "environment", "version"].contains($0) }.joined(separator: ", ")
        try state.edit(
            "UPDATE OR IGNORE \(table) SET (\(columns)) = (SELECT \(columns) FROM \(table) WHERE \(table.place) = ?) WHERE \(table.place) = ?",
            [sound.identity.id.data, forged.identity.id.data])
        try await expectForgedIsDamaged(naming: table.rawValue)
    }

    @Test("another environment's sound main key, named as one's own")
    func foreignMainKey() async throws {
        try state.edit("UPDATE environments SET main_key = ? WHERE id = ?", [sound.mainKey.id.data, forged.identity.id.data])
        try await expectForgedIsDamaged(naming: "environments")
    }

    @Test("an environment key that hangs under another environment's main key")
    func foreignWrapper() async throws {
        let state = try StateDirectory()
        var stranger = try Samples.environment("acme/stranger")
        stranger.environmentKey.mainKey = sound.mainKey.id
        try await state.fill([sound, stranger])
        let listed = try await state.open().environments()
        #expect(listed.map { $0.damage == nil } == [true, false])
    }

    @Test("a row that is gone is damage, not a crash", arguments: [Table.mainKeys, .environmentKeys, .repacks])
    func missing(_ table: Table) async throws {
        try state.edit("DELETE FROM \(table) WHERE environment = ?", forgedID)
        try await expectForgedIsDamaged(naming: table.rawValue)
    }

    @Test("a key without wraps is damaged")
    func missingWraps() async throws {
        try state.edit("DELETE FROM wraps WHERE environment = ?", forgedID)
        let store = try state.open()
        await #expect(throws: KeyStoreError.any(.damaged)) { try await store.key(forgedKey.id, of: forged.identity.id) }
        try await expectSoundWorks(store)
    }

    @Test("one whose name cannot be read is listed under its id, and can be deleted")
    func unreadableName() async throws {
        try state.edit("UPDATE environments SET name = 'NO NAME' WHERE id = ?", forgedID)
        let store = try state.open()
        let listed = try #require(try await store.environments().first { $0.identity.id == forged.identity.id })
        #expect(listed.identity.name.description == "damaged/\(forged.identity.id)")
        try await store.delete(forged.identity.id)
        #expect(try await store.environments().map(\.identity) == [sound.identity])
        try await expectSoundWorks(store)
    }

    @Test("a damaged environment can be deleted", arguments: Column.deciding.filter { !["id", "environment"].contains($0.name) })
    func deletion(_ column: Column) async throws {
        try state.edit("UPDATE \(column.table) SET \(column.change) WHERE \(column.table.place) = ?", forgedID)
        let store = try state.open()
        try await store.delete(forged.identity.id)
        #expect(try await store.environments().map(\.identity) == [sound.identity])
        try await expectSoundWorks(store)
    }

    private func expectForgedIsDamaged(naming table: String) async throws {
        let store = try state.open()
        let listed = try await store.environments()
        #expect(listed.count == 2)
        let damages = listed.filter { $0.identity.name != sound.identity.name }.compactMap(\.damage)
        #expect(damages.count == 1)
        #expect(damages.first?.contains(table) == true)
        try await expectSoundWorks(store)
    }

    private func expectSoundWorks(_ store: SQLiteStore) async throws {
        let id = sound.identity.id
        let listed = try #require(try await store.environments().first { $0.identity == sound.identity })
        #expect(listed.damage == nil)
        #expect(try await store.environmentKeys(of: id).count == 2)
        #expect(try await store.key(soundKey.id, of: id)?.wraps == soundKey.wraps)
        _ = try await store.insert(Samples.key(Samples.hourly(200), of: id, under: [1, 2], floor: 2))
        try store.close()
    }

    /// What a read gives; nil where it throws `.damaged`.
    private func unlessDamaged(_ read: () async throws -> KeyRecord?) async throws -> KeyRecord? {
        do { return try await read() } catch let error as KeyStoreError where error.code == .damaged { return nil }
    }
}
