import Cryptography
import FoundationEssentials
import GRDB
import Glibc
import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import Testing

/// SQLite itself leaves a deleted row in the unused part of a page about once in 120,000 deletions: here it is put there by hand.
@Suite("A purge looks through the file")
struct PurgeTests {
    private let state: StateDirectory
    private let environment: EnvironmentRecord
    private let keys: [KeyRecord]

    init() async throws {
        state = try StateDirectory()
        environment = try Samples.environment("acme/prod")
        let id = environment.identity.id
        keys = try (0..<200).map { try Samples.key(.connection(ConnectionID("c\($0)"), version: 1), of: id) }
        try await state.fill([environment], keys: keys)
    }

    /// Where leftovers can stand.
    enum Place: String, CaseIterable, CustomTestStringConvertible {
        case gap = "between the pointers and the cells of a page"
        case otherGap = "between the pointers and the cells of a page of another table"
        case freeBlock = "in a free block"
        case freePage = "on a free page"

        var testDescription: String { rawValue }
    }

    @Test("and wipes what it finds of the deleted", arguments: Place.allCases)
    func planted(_ place: Place) async throws {
        let wrap = keys[7].wraps[0].bytes
        let store = try state.open()
        if place == .freePage { try await freePages(store) }
        try await erase("c7", store)
        try plant(wrap, place)
        #expect(try state.contents["store.sqlite"]?.holds(wrap) == true)
        try await store.purge()
        #expect(try state.contents.values.allSatisfy { !$0.holds(wrap) })
        try await expectAllThere(store, but: 7)
    }

    @Test("for what an earlier process deleted, too, though it does not know what that was", arguments: Place.allCases)
    func afterRestart(_ place: Place) async throws {
        let wrap = keys[7].wraps[0].bytes
        do {
            let store = try state.open()
            if place == .freePage { try await freePages(store) }
            try await erase("c7", store)
            try store.close()
        }
        try plant(wrap, place)
        let store = try state.open()
        try await store.purge()
        #expect(try state.contents.values.allSatisfy { !$0.holds(wrap) })
        try await expectAllThere(store, but: 7)
        // The next one has nothing to look for: what stands there now, nobody deleted.
        try plant(wrap, place)
        try await store.purge()
        #expect(try state.contents["store.sqlite"]?.holds(wrap) == true)
    }

    @Test("and does not say that it is done where a row that is there has what was deleted")
    func returned() async throws {
        let wrap = keys[7].wraps[0].bytes
        let store = try state.open()
        try await erase("c7", store)
        try await store.purge()
        try state.edit("UPDATE wraps SET bytes = ? WHERE key = ?", [Data(wrap), keys[8].id.data])
        try await erase("c8", store)
        try state.edit("UPDATE wraps SET bytes = ? WHERE key = ?", [Data(wrap), keys[9].id.data])
        await #expect(throws: KeyStoreError.any(.failed)) { try await store.purge() }
    }

    @Test("and has the writer forget the pages that it wiped, lest it brings the old bytes back")
    func writerForgets() async throws {
        let wrap = keys[7].wraps[0].bytes
        // Such a copy is there before its row goes, and the writer has read it.
        let page = try plant(wrap, .gap)
        let store = try state.open()
        try await erase("c7", store)
        let victim = try #require(try await wraps(onPage: page).first)
        let number = try #require(keys.firstIndex { $0.id == victim })
        try await erase("c\(number)", store)
        try await store.purge()
        #expect(try state.contents.values.allSatisfy { !$0.holds(wrap) })
        for other in try await wraps(onPage: page).prefix(3) {
            let number = try #require(keys.firstIndex { $0.id == other })
            try await erase("c\(number)", store)
        }
        try await store.purge()
        #expect(try state.contents.values.allSatisfy { !$0.holds(wrap) })
    }

    /// The keys whose wraps lie on a page.
    private func wraps(onPage page: Int) async throws -> [KeyID] {
        let start = (page - 1) * 4096
        let bytes = try #require(try state.contents["store.sqlite"])[start..<start + 4096]
        return keys.filter { $0.id != keys[7].id && Array(bytes).holds($0.wraps[0].bytes) }.map(\.id)
    }

    /// With another environment, pages of the tables of keys and wraps go.
    private func freePages(_ store: SQLiteStore) async throws {
        let other = try await store.newEnvironment("acme/other").identity.id
        for number in 0..<200 { _ = try await store.insert(Samples.key(.log(version: UInt32(number)), of: other)) }
        try await store.delete(other)
        while try await store.continueDeletions(limit: 1000) == .more {}
        try await store.purge()
    }

    private func erase(_ connection: String, _ store: SQLiteStore) async throws {
        let erasure = try Samples.erasure(.connection(ConnectionID(connection)), of: environment.identity.id)
        try await store.begin(erasure)
        #expect(try await store.eraseKeys(erasure.id, limit: 10, at: WallTime(seconds: 1)).count == 1)
        try await store.finishErasure(Samples.receipt(of: erasure))
    }

    private func expectAllThere(_ store: SQLiteStore, but gone: Int) async throws {
        #expect(try await store.defect() == nil)
        for (number, key) in keys.enumerated() where number != gone {
            #expect(try await store.key(key.id, of: environment.identity.id)?.wraps == key.wraps)
        }
        let queue = try DatabaseQueue(path: state.database)
        #expect(try await queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
        try queue.close()
    }

    /// Puts bytes into the file, where no row is; the log is emptied before.
    /// - Returns: the number of the page.
    @discardableResult
    private func plant(_ bytes: [UInt8], _ place: Place) throws -> Int {
        let queue = try DatabaseQueue(path: state.database)
        let (wraps, other, free) = try queue.writeWithoutTransaction { database in
            _ = try database.checkpoint(.truncate)
            func pages(_ table: String) throws -> [Int] {
                try Int.fetchAll(database, sql: "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'", arguments: [table])
            }
            let used = try Set(Int.fetchAll(database, sql: "SELECT pageno FROM dbstat"))
            let count = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            return (try pages("wraps"), try pages("keys"), (2...count).filter { !used.contains($0) })
        }
        try queue.close()
        let descriptor = open(state.database, O_RDWR)
        defer { close(descriptor) }
        func read(_ page: Int) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 4096)
            #expect(pread(descriptor, &bytes, 4096, (page - 1) * 4096) == 4096)
            return bytes
        }
        let found: Int?
        switch place {
        case .gap: found = gap(in: wraps, bytes.count, read)
        case .otherGap: found = gap(in: other, bytes.count, read)
        case .freeBlock: found = try freeBlock(in: wraps, bytes.count, read, descriptor)
        case .freePage: found = free.first.map { ($0 - 1) * 4096 + 2000 }
        }
        let offset = try #require(found)
        #expect(pwrite(descriptor, bytes, bytes.count, offset) == bytes.count)
        return offset / 4096 + 1
    }

    private func gap(in pages: [Int], _ size: Int, _ read: (Int) -> [UInt8]) -> Int? {
        for page in pages {
            let bytes = read(page)
            let end = 8 + 2 * (Int(bytes[3]) << 8 | Int(bytes[4]))
            let start = Int(bytes[5]) << 8 | Int(bytes[6])
            if start - end >= size { return (page - 1) * 4096 + end }
        }
        return nil
    }

    /// Behind the first four bytes of a free block, which a page has where a row in its middle was deleted.
    private func freeBlock(in pages: [Int], _ size: Int, _ read: (Int) -> [UInt8], _ descriptor: CInt) throws -> Int? {
        for page in pages {
            let bytes = read(page)
            let block = Int(bytes[1]) << 8 | Int(bytes[2])
            guard block > 0, Int(bytes[block + 2]) << 8 | Int(bytes[block + 3]) >= size + 4 else { continue }
            return (page - 1) * 4096 + block + 4
        }
        return nil
    }
}
