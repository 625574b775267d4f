import FaultyFiles
import GRDBSQLite
import KeyHierarchy
import KeyStoreContract
import Testing

@testable import SQLiteStore

@Suite("Insertions of one moment")
struct GroupCommitTests {
    private let state: StateDirectory
    private let disk: FaultyDisk
    private let store: SQLiteStore

    init() throws {
        state = try StateDirectory()
        disk = try FaultyDisk(below: state)
        store = try state.open()
    }

    /// Has the writer wait while all of them are asked for.
    private func together(_ environments: [EnvironmentRecord], then: @Sendable () -> Void = {}) async throws -> [KeyStoreError?] {
        // The log gets its header, and a sync for that, with the first of all.
        try await store.create(Samples.environment("acme/first"))
        let leader = try Samples.environment("acme/leader")
        disk.hold()
        async let leading: Void = store.create(leader)
        while !disk.isHeld { await Task.yield() }
        let answers = await withTaskGroup(of: (Int, KeyStoreError?).self) { group in
            for (place, environment) in environments.enumerated() {
                group.addTask { [store] in
                    do throws(KeyStoreError) {
                        try await store.create(environment)
                        return (place, nil)
                    } catch { return (place, error) }
                }
            }
            while store.insertions.waiting < environments.count { await Task.yield() }
            then()
            disk.release()
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        try await leading
        return environments.indices.map { answers[$0] ?? nil }
    }

    private func kept() async throws -> Set<EnvironmentID> { Set(try await store.environments().map(\.identity.id)) }

    @Test("go to the disk once, and one that fails takes no other with it")
    func shared() async throws {
        var environments = try (0..<40).map { try Samples.environment("acme/e\($0)") }
        for place in [7, 20, 39] { environments[place] = try Samples.environment("acme/leader") }
        environments[30] = try Samples.environment("acme/e3")
        let before = disk.calls(FaultyCallSync)
        let answers = try await together(environments)
        #expect(disk.calls(FaultyCallSync) - before <= 4)
        let kept = try await kept()
        let taken = Set(answers.indices.filter { answers[$0]?.code == .exists })
        #expect(taken.isSuperset(of: [7, 20, 39]) && taken.count == 4)
        #expect(taken.contains(30) != taken.contains(3))
        for (place, environment) in environments.enumerated() {
            #expect((answers[place] == nil) == kept.contains(environment.identity.id))
        }
        #expect(try await store.environments().allSatisfy { $0.damage == nil })
    }

    @Test("leave nothing of one that fails in its middle")
    func halfDone() async throws {
        let environment = try Samples.environment("acme/prod")
        let id = environment.identity.id
        try await store.create(environment)
        let wraps = [EnvironmentKeyVersion.first, EnvironmentKeyVersion(number: 9)]
        let keys = try (0..<20).map { number in
            KeyRecord(
                id: try .random(), environment: id, purpose: .connection(ConnectionID("c\(number)"), version: 1),
                createdAt: Stamp(WallTime(seconds: 1_700_000_003)), born: .first, floor: .first,
                wraps: [Wrap(version: wraps[number % 2], bytes: [UInt8](repeating: 1, count: 72))])
        }
        disk.hold()
        async let leading: Void = store.create(Samples.environment("acme/leader"))
        while !disk.isHeld { await Task.yield() }
        let refused = await withTaskGroup(of: KeyID?.self) { group in
            for key in keys {
                group.addTask { [store] in
                    do { return try await store.insert(key).id == key.id ? nil : key.id } catch { return key.id }
                }
            }
            while store.insertions.waiting < keys.count { await Task.yield() }
            disk.release()
            return await group.reduce(into: Set<KeyID>()) { if let id = $1 { $0.insert(id) } }
        }
        try await leading
        for (number, key) in keys.enumerated() {
            #expect(refused.contains(key.id) == (number % 2 == 1))
            #expect((try await store.key(key.id, of: id) == nil) == (number % 2 == 1))
        }
        #expect(try await store.contents(of: id).connectionKeys == 10)
    }

    @Test("are each tried alone where the disk refuses them together")
    func alone() async throws {
        let environments = try (0..<10).map { try Samples.environment("acme/e\($0)") }
        let answers = try await together(environments) { [disk] in disk.fail(FaultyCallSync, after: 1, times: 1, code: SQLITE_IOERR) }
        let kept = try await kept()
        for (place, environment) in environments.enumerated() {
            #expect((answers[place] == nil) == kept.contains(environment.identity.id))
        }
        #expect(answers.filter { $0 == nil }.count >= 9)
    }

    @Test("are none of them kept where the disk takes nothing, and each is told")
    func refused() async throws {
        let environments = try (0..<10).map { try Samples.environment("acme/e\($0)") }
        let answers = try await together(environments) { [disk] in disk.fail(FaultyCallWrite, code: SQLITE_FULL) }
        disk.mend()
        #expect(answers.allSatisfy { $0 != nil && $0?.code != .unknownOutcome })
        #expect(try await kept().isDisjoint(with: environments.map(\.identity.id)))
        try await store.create(environments[0])
    }
}
