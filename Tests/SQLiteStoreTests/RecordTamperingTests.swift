import Cryptography
import GRDB
import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import Testing

/// What a forger can do to the rows of erasures and of the clock.
@Suite("A record changed by other hands")
struct RecordTamperingTests {
    private let state: StateDirectory
    private let id: EnvironmentID
    private let erased: KeyRecord
    private let done: ErasureRecord
    private let receipt: SignedReceipt
    private let damaged = KeyStoreError.any(.damaged)

    init() async throws {
        state = try StateDirectory()
        let environment = try Samples.environment("acme/prod")
        id = environment.identity.id
        erased = try Samples.key(Samples.hourly(100), of: id)
        try await state.fill([environment], keys: [erased])
        let store = try state.open()
        done = try Samples.erasure(.before(WallTime(seconds: 1_800_000_000)), of: id)
        try await store.begin(done)
        _ = try await store.eraseKeys(done.id, limit: 10, at: WallTime(seconds: 1_800_000_000))
        receipt = try Samples.receipt(of: done)
        try await store.finishErasure(receipt)
        try await store.begin(Samples.erasure(.connection("shop"), of: id))
        try await store.keep(
            ClockTick(boot: "b", bootTime: BootInstant(nanoseconds: 5), wallTime: WallTime(seconds: 1_800_000_000)))
        try store.close()
    }

    @Test("an erasure under way: it is not carried out", arguments: Column.of(.erasures))
    func erasures(_ column: Column) async throws {
        let store = try edited(column)
        await #expect(throws: damaged) { try await store.openErasures() }
    }

    @Test("a tombstone: it is damaged, or gone, and never another", arguments: Column.of(.tombstones))
    func tombstones(_ column: Column) async throws {
        let store = try edited(column)
        #expect(try await unlessDamaged { try await store.tombstone(of: erased.id, in: id) } ?? nil == nil)
        #expect(try await unlessDamaged { try await store.tombstones(of: done.id, after: nil, limit: 10) } ?? [] == [])
        // Damaged or not, it stands in the key's way.
        guard column.name != "key" else { return }
        await #expect(throws: KeyStoreError.self) { try await store.insert(erased) }
    }

    @Test("a receipt: it is damaged, or gone, and never another", arguments: Column.of(.receipts))
    func receipts(_ column: Column) async throws {
        let store = try edited(column)
        #expect(try await unlessDamaged { try await store.receipt(done.id) } ?? nil == nil)
        #expect(try await unlessDamaged { try await store.receipts(of: id) } ?? [] == [])
    }

    @Test("the clock: it is damaged, and the next tick takes its place", arguments: Column.of(.clock))
    func clock(_ column: Column) async throws {
        let store = try edited(column)
        #expect(try await unlessDamaged { try await store.clockTick() } ?? nil == nil)
        let tick = ClockTick(boot: "c", bootTime: BootInstant(nanoseconds: 6), wallTime: WallTime(seconds: 7))
        try await store.keep(tick)
        #expect(try await store.clockTick() == tick)
    }

    @Test("a key whose hour was changed is not erased in another's name")
    func forgedHour() async throws {
        let key = try Samples.key(Samples.hourly(600_000), of: id, createdAt: WallTime(seconds: 600_000 * 3600))
        try await state.fill(keys: [key])
        try state.edit("UPDATE keys SET hour = 100, created_at = 360000 WHERE id = ?", [key.id.data])
        let store = try state.open()
        let erasure = try Samples.erasure(.before(WallTime(seconds: 1_700_000_000)), of: id)
        try await store.begin(erasure)
        await #expect(throws: damaged) { try await store.eraseKeys(erasure.id, limit: 10, at: WallTime(seconds: 1)) }
        #expect(try await store.tombstone(of: key.id, in: id) == nil)
    }

    @Test("a key whose wraps are gone: the others move, and the repack does not end")
    func missingWraps() async throws {
        let key = try Samples.key(.connection("shop", version: 1), of: id)
        try await state.fill(keys: [key])
        try state.edit("DELETE FROM wraps")
        let store = try state.open()
        let environment = try #require(try await store.environment(id))
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        let other = try await store.insert(Samples.key(.connection("other", version: 1), of: id))
        let batch = try await store.repackBatch(of: id, to: Samples.version(2), after: nil, limit: 10)
        #expect(batch.items.first { $0.key == key.id }?.wraps.isEmpty == true)
        #expect(batch.items.first { $0.key == other.id }?.wraps == other.wraps)
        _ = try await store.move([MovedKey(key: other.id, bytes: [1])], of: id, to: Samples.version(2), cursor: batch.cursor)
        await #expect { try await store.finishRepack(of: id) } throws: { ($0 as? KeyStoreError)?.count == 1 }
    }

    private func edited(_ column: Column) throws -> SQLiteStore {
        try state.edit("UPDATE \(column.table) SET \(column.change)")
        return try state.open()
    }

    private func unlessDamaged<R>(_ read: () async throws -> R) async throws -> R? {
        do { return try await read() } catch let error as KeyStoreError where error.code == .damaged { return nil }
    }
}
