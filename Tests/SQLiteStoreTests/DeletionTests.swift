import Cryptography
import FoundationEssentials
import GRDB
import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import Testing

@Suite("What was deleted")
struct DeletionTests {
    private let state: StateDirectory
    private let gone: EnvironmentRecord
    private let kept: EnvironmentRecord
    /// Bytes that stand nowhere but in the store.
    private let traces: [[UInt8]]
    private let keptTraces: [[UInt8]]
    private let keys: [KeyRecord]

    init() throws {
        state = try StateDirectory()
        gone = try Samples.environment("acme/gone")
        kept = try Samples.environment("acme/kept")
        let (gone, kept) = (gone, kept)
        let lost = try (1...40).map { try Samples.key(.connection(ConnectionID("c\($0)"), version: 1), of: gone.identity.id) }
        let held = try (1...40).map { try Samples.key(.connection(ConnectionID("c\($0)"), version: 1), of: kept.identity.id) }
        keys = zip(lost, held).flatMap { [$0, $1] }
        func traces(_ environment: EnvironmentRecord, _ keys: [KeyRecord]) throws -> [[UInt8]] {
            [environment.environmentKey.wrapped, try #require(environment.mainKey.sealedMaterial)] + keys.flatMap { $0.wraps.map(\.bytes) }
        }
        self.traces = try traces(gone, lost)
        keptTraces = try traces(kept, held)
    }

    @Test("is in no file any more", arguments: [true, false])
    func nowhere(wasInLogAlone: Bool) async throws {
        var store = try await filled()
        if !wasInLogAlone {
            try store.close()
            _ = consume store
            store = try state.open()
        }
        #expect(try found(traces) == traces.count)
        #expect(try await store.make(.delete, of: gone.identity.id).isPurgeDue)
        while try await store.continueDeletions(limit: 7) == .more {}
        try await store.purge()
        #expect(try found(traces) == 0)
        #expect(try found(keptTraces) == keptTraces.count)
        #expect(try await store.key(keys[1].id, of: kept.identity.id) != nil)
    }

    @Test("is told to be there still while somebody reads, soon, and is in no file once nobody does")
    func withReader() async throws {
        let store = try await filled()
        let reader = try ForeignReader(of: state)
        try await store.delete(gone.identity.id)
        while try await store.continueDeletions(limit: 1000) == .more {}
        // Nothing waits for the reader but the purge, and that not for long.
        let spent = await ContinuousClock().measure {
            await #expect(throws: KeyStoreError.any(.busy)) { try await store.purge() }
        }
        #expect(spent < .seconds(3))
        #expect(try await store.environments().map(\.identity) == [kept.identity])
        _ = try await store.insert(Samples.key(.log(version: 1), of: kept.identity.id))
        #expect(try found(traces) > 0)
        try await reader.end()
        try await store.purge()
        #expect(try found(traces) == 0)
        #expect(try found(keptTraces) == keptTraces.count)
    }

    @Test("goes with the next start where a crash left it in the log")
    func afterCrash() async throws {
        let store = try await filled()
        try store.close()
        // The deletion's transaction, and a crash before the log was emptied.
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(path: state.database, configuration: configuration)
        try await queue.write { [gone] database in
            for table in ["wraps", "keys", "environment_keys", "main_keys"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE environment = ?", arguments: [gone.identity.id.data])
            }
            try database.execute(sql: "DELETE FROM environments WHERE id = ?", arguments: [gone.identity.id.data])
        }
        let crashed = try StateDirectory()
        for (name, bytes) in try state.contents { try crashed.write(bytes, to: name) }
        #expect(try found(traces, in: crashed) > 0)
        let again = try crashed.open()
        #expect(try found(traces, in: crashed) == 0)
        #expect(try await again.environments().map(\.identity) == [kept.identity])
    }

    @Test("is finished after the next start where a crash came between the environment and its keys")
    func brokenOff() async throws {
        let store = try await filled()
        try store.close()
        _ = consume store
        // The deletion's first transaction, and a crash.
        try state.edit(
            """
            INSERT INTO deletions SELECT id FROM environments WHERE name = 'acme/gone';
            DELETE FROM environment_keys WHERE environment IN (SELECT environment FROM deletions);
            DELETE FROM main_keys WHERE environment IN (SELECT environment FROM deletions);
            DELETE FROM environments WHERE id IN (SELECT environment FROM deletions);
            """)
        #expect(try found(wraps(of: gone)) == 40)
        let again = try state.open()
        // The start waits for none of it, and nobody sees it.
        #expect(try found(wraps(of: gone)) == 40)
        #expect(try await again.key(keys[0].id, of: gone.identity.id) == nil)
        #expect(try await again.connectionKey("c1", of: gone.identity.id) == nil)
        #expect(try await again.contents(of: gone.identity.id) == EnvironmentContents())
        while try await again.continueDeletions(limit: 30) == .more {}
        try await again.purge()
        #expect(try found(traces) == 0)
        #expect(try found(keptTraces) == keptTraces.count)
        #expect(try await again.environments().map(\.identity) == [kept.identity])
    }

    @Test("by an erasure is in no file any more, in the middle of a repack too", arguments: [false, true])
    func erased(inRepack: Bool) async throws {
        let store = try await filled()
        let id = gone.identity.id
        var erased = try wraps(of: gone)
        if inRepack {
            try await store.adopt(Samples.replacement(to: 2, previous: 1), of: id)
            let batch = try await store.repackBatch(of: id, to: Samples.version(2), after: nil, limit: 100)
            let moved = try batch.items.map { MovedKey(key: $0.key, bytes: try Random.bytes(72)) }
            erased += moved.map(\.bytes)
            _ = try await store.move(moved, of: id, to: Samples.version(2), cursor: batch.cursor)
        }
        #expect(try found(erased) == erased.count)
        for number in 1...40 {
            let erasure = try Samples.erasure(.connection(ConnectionID("c\(number)")), of: id)
            try await store.begin(erasure)
            #expect(try await store.eraseKeys(erasure.id, limit: 10, at: WallTime(seconds: 1)).count == 1)
        }
        #expect(try found(erased) > 0)
        try await store.purge()
        #expect(try found(erased) == 0)
        #expect(try found(keptTraces) == keptTraces.count)
    }

    @Test("of a main key's material is in no file any more, and the rest stays")
    func material() async throws {
        let store = try await filled()
        let sealed = try #require(gone.mainKey.sealedMaterial)
        #expect(try found([sealed]) == 1)
        #expect(try await store.make(.setMaterial(nil, of: gone.mainKey.id), of: gone.identity.id).isPurgeDue)
        try await store.purge()
        #expect(try found([sealed]) == 0)
        #expect(try found([gone.environmentKey.wrapped]) == 1)
    }

    @Test("after a repack is in no file any more: old wraps, the old version and the old main key")
    func repacked() async throws {
        let store = try await filled()
        let id = gone.identity.id
        try await store.adopt(Samples.replacement(to: 2, previous: 1), of: id)
        let batch = try await store.repackBatch(of: id, to: Samples.version(2), after: nil, limit: 100)
        let moved = try batch.items.map { MovedKey(key: $0.key, bytes: try Random.bytes(72)) }
        _ = try await store.move(moved, of: id, to: Samples.version(2), cursor: batch.cursor)
        try await store.finishRepack(of: id)
        while try await store.sweepRetired(of: id, limit: 7) == .more {}
        try await store.purge()
        #expect(try found(traces) == 0)
        #expect(try found(moved.map(\.bytes)) == 40)
        #expect(try found(keptTraces) == keptTraces.count)
    }

    private func wraps(of environment: EnvironmentRecord) throws -> [[UInt8]] {
        keys.filter { $0.environment == environment.identity.id }.flatMap { $0.wraps.map(\.bytes) }
    }

    private func filled() async throws -> SQLiteStore {
        let store = try state.open()
        for environment in [gone, kept] { try await store.create(environment) }
        for key in keys { _ = try await store.insert(key) }
        return store
    }

    /// How many of the traces stand in any file.
    private func found(_ traces: [[UInt8]], in state: StateDirectory? = nil) throws -> Int {
        let files = try (state ?? self.state).contents.values
        return traces.count { trace in files.contains { $0.holds(trace) } }
    }
}
