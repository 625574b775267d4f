import Cryptography
import Foundation
import GRDB
import Glibc
import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import Testing

@Suite("Opening")
struct OpeningTests {
    @Test("makes the directory and files that only their owner may read")
    func modes() async throws {
        let state = try StateDirectory()
        let path = state.path + "/deep/state"
        #expect(!SQLiteStore.exists(in: path))
        #expect(try SQLiteStore.isUnused(in: path))
        let old = umask(0)
        defer { umask(old) }
        let store = try SQLiteStore.open(in: path, rootKey: Samples.rootKey(), now: StateDirectory.now)
        try await store.create(Samples.environment("acme/prod"))
        for name in ["", "store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "lock"] {
            var status = stat()
            #expect(stat("\(path)/\(name)", &status) == 0, "\(name)")
            #expect(status.st_mode & 0o777 == (name.isEmpty ? 0o700 : 0o600), "\(name)")
        }
        #expect(SQLiteStore.exists(in: path))
    }

    @Test("asking whether a store is there, and was used, makes nothing")
    func asking() async throws {
        let state = try StateDirectory()
        #expect(!SQLiteStore.exists(in: state.path))
        #expect(try SQLiteStore.isUnused(in: state.path))
        #expect(try state.contents.isEmpty)
        try await state.fill()
        var before = try state.contents
        #expect(SQLiteStore.exists(in: state.path))
        #expect(try SQLiteStore.isUnused(in: state.path))
        #expect(try state.contents == before)
        try await state.fill([Samples.environment("acme/prod")])
        before = try state.contents
        #expect(try !SQLiteStore.isUnused(in: state.path))
        #expect(try state.contents == before)
    }

    @Test("checks a store that is closed as a start does, and changes nothing", arguments: Spoiling.allCases.filter(\.showsWithoutRootKey))
    func checking(_ spoiling: Spoiling) async throws {
        let state = try StateDirectory()
        #expect(try !SQLiteStore.check(in: state.path))
        try await state.fill([Samples.environment("acme/prod")])
        #expect(try SQLiteStore.check(in: state.path))
        try spoiling.apply(to: state)
        let before = try state.contents
        #expect(throws: KeyStoreError.any(spoiling.code)) { try SQLiteStore.check(in: state.path) }
        #expect(try state.contents == before)
    }

    @Test("finds a page that was overwritten while the store is open")
    func defect() async throws {
        let state = try StateDirectory()
        let store = try SQLiteStore.open(in: state.path, rootKey: Samples.rootKey(), now: StateDirectory.now)
        let environment = try Samples.environment("acme/prod")
        try await store.create(environment)
        for number in 0..<500 {
            _ = try await store.insert(try Samples.key(.connection(ConnectionID("c\(number)"), version: 1), of: environment.identity.id))
        }
        try await store.purge()
        #expect(try await store.defect() == nil)
        let file = try FileHandle(forWritingTo: URL(filePath: state.database))
        let end = try file.seekToEnd()
        for page in stride(from: UInt64(8), to: end / 4096, by: 1) {
            try file.seek(toOffset: page * 4096)
            try file.write(contentsOf: Data(repeating: 0x5A, count: 4096))
        }
        try file.close()
        #expect(try await store.defect() != nil)
    }

    @Test("a store that was never used changes to a new root key only when it is told so, and nothing of the old one is left")
    func adoption() async throws {
        let state = try StateDirectory()
        try await state.fill(rootKey: 7)
        do {
            // A start that failed once it had looked at the clock.
            let store = try state.open(7)
            try await store.keep(ClockTick(boot: "b", bootTime: BootInstant(nanoseconds: 1), wallTime: WallTime(seconds: 1)))
            try store.close()
        }
        #expect(try SQLiteStore.isUnused(in: state.path))
        #expect(throws: KeyStoreError.any(.wrongRootKey)) { try state.open(8) }
        let store = try SQLiteStore.open(in: state.path, rootKey: Samples.rootKey(8), now: StateDirectory.now, adoptingUnused: true)
        #expect(try await store.clockTick() == nil)
        try store.close()
        _ = consume store
        try state.open(8).close()
        #expect(throws: KeyStoreError.any(.wrongRootKey)) { try state.open(7) }
    }

    @Test("a store that was used keeps its root key for good, when its environments are gone too; of version 2 as well", arguments: [2, 3])
    func emptied(version: Int) async throws {
        let state = try StateDirectory()
        if version == 2 {
            try state.edit(StoreV2.sql + "DELETE FROM keys; DELETE FROM wraps; DELETE FROM erasures;")
            try state.edit("DELETE FROM environment_keys; DELETE FROM main_keys; DELETE FROM environments")
        } else {
            let made = try Samples.environment("acme/prod")
            try await state.fill([made])
            let store = try state.open()
            _ = try await store.apply(.delete, to: made.identity.id, from: .first)
            try store.close()
        }
        for round in 0..<2 {
            #expect(try !SQLiteStore.isUnused(in: state.path), "round \(round)")
            let before = try state.contents
            #expect(throws: KeyStoreError.any(.wrongRootKey)) {
                try SQLiteStore.open(in: state.path, rootKey: Samples.rootKey(8), now: StateDirectory.now, adoptingUnused: true)
            }
            #expect(try state.contents == before)
            // Its own root key opens it, and migrates it in the first round.
            let store = try state.open(7)
            #expect(try await store.environments().isEmpty)
            try await store.keep(ClockTick(boot: "b", bootTime: BootInstant(nanoseconds: 1), wallTime: WallTime(seconds: 1)))
            try store.close()
        }
    }

    @Test("a store whose making was broken off, at whatever point, is made anew")
    func brokenOff() async throws {
        let whole = try StateDirectory()
        try await whole.fill()
        let bytes = try #require(try whole.contents["store.sqlite"])
        for draft in [[], Array(bytes.prefix(5000)), bytes] {
            let state = try StateDirectory()
            try state.write(draft, to: "store.sqlite.new")
            try state.write(Array(bytes.prefix(8240)), to: "store.sqlite.new-wal")
            #expect(try SQLiteStore.isUnused(in: state.path))
            try await state.fill([Samples.environment("acme/prod")])
            #expect(try await state.open().environments().count == 1)
            #expect(try state.contents.keys.allSatisfy { !$0.contains("new") })
        }
    }

    @Test("a database that is empty, or missing beside a log that is not, is no new store", arguments: [true, false])
    func emptied(isMissing: Bool) async throws {
        let state = try StateDirectory()
        let store = try state.open()
        try await store.create(Samples.environment("acme/prod"))
        // As a crash leaves it: the environment stands in the log alone.
        let crashed = try StateDirectory()
        for (name, bytes) in try state.contents where name != "store.sqlite" { try crashed.write(bytes, to: name) }
        if !isMissing { try crashed.write([], to: "store.sqlite") }
        try store.close()
        let before = try crashed.contents
        #expect(throws: KeyStoreError.any(.damaged)) { try SQLiteStore.isUnused(in: crashed.path) }
        #expect(throws: KeyStoreError.any(.damaged)) { try SQLiteStore.check(in: crashed.path) }
        #expect(throws: KeyStoreError.any(.damaged)) { try crashed.open() }
        #expect(try crashed.contents == before)
    }

    @Test("what one opening kept, the next one finds, under odd names too", arguments: ["state", "a?b#c%41 ä"])
    func again(_ name: String) async throws {
        let state = try StateDirectory()
        let path = "\(state.path)/\(name)"
        let environment = try Samples.environment("acme/prod")
        do {
            let store = try SQLiteStore.open(in: path, rootKey: Samples.rootKey(), now: StateDirectory.now)
            try await store.create(environment)
            try store.close()
        }
        #expect(try !SQLiteStore.isUnused(in: path))
        #expect(
            try await SQLiteStore.open(in: path, rootKey: Samples.rootKey(), now: StateDirectory.now).environments().map(\.identity) == [
                environment.identity
            ])
    }

    @Test("a start waits for another program that has locked the file for longer than a request would")
    func lockedByAnother() async throws {
        let state = try StateDirectory()
        try state.open().close()
        let writer = try ForeignWriter(of: state)
        // SQLite waits in real time.
        let end = Task {
            try await Task.sleep(for: .milliseconds(600))
            try writer.end()
        }
        try state.open().close()
        try await end.value
    }

    @Test("a thousand environments are there within three seconds, without optimisation")
    func thousand() async throws {
        let state = try StateDirectory()
        let environments = try (0..<1000).map { try Samples.environment("acme/e\($0)") }
        try await state.fill(environments)
        var best = Duration.seconds(3600)
        // The quickest of three: other programs of the machine are not what is measured.
        for _ in 0..<3 {
            let spent = try await ContinuousClock().measure {
                let listed = try await state.open().environments()
                #expect(listed.count == 1000)
                #expect(listed.allSatisfy { $0.damage == nil })
            }
            best = min(best, spent)
        }
        // Not optimised, this is several times slower than what is shipped.
        #expect(best < .seconds(3))
        print("1,000 environments were open and verified after \(best)")
    }
}
