import KeyHierarchy
import Testing

enum LockContract {
    static let cases = [
        ContractCase("keeps several locks, each with its reason, until it is taken away by its number", several),
        ContractCase("gives no lock's number to another", numbers),
        ContractCase("refuses a reason that is empty, too long, or has a control character, before anything is written", reasons),
        ContractCase("keeps sixteen locks and no more", most),
    ]

    private static func lock(_ number: UInt32, _ reason: String) -> EnvironmentLock {
        EnvironmentLock(number: number, at: WallTime(seconds: 1_700_000_000 + Int64(number)), reason: reason)
    }

    @Sendable private static func several(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let locks = [lock(1, "a suspicion"), lock(2, String(repeating: "ä", count: 512)), lock(7, "a third")]
        for lock in locks { try await store.make(.lock(lock), of: id) }
        #expect(try await store.environment(id)?.locks == locks)
        #expect(try await store.environments().first?.locks == locks)
        // A number that is not there is passed over.
        try await store.make(.unlock([2, 9]), of: id)
        #expect(try await store.environment(id)?.locks == [locks[0], locks[2]])
        try await store.make(.unlock([1, 7]), of: id)
        #expect(try await store.environment(id)?.locks.isEmpty == true)
        #expect(try await store.environment(id)?.newestLock == 7)
    }

    @Sendable private static func numbers(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        try await store.make(.lock(lock(3, "first")), of: id)
        for number: UInt32 in [1, 3] {
            await #expect(throws: KeyStoreError.any(.exists)) { try await store.make(.lock(lock(number, "second")), of: id) }
        }
        try await store.make(.unlock([3]), of: id)
        await #expect(throws: KeyStoreError.any(.exists)) { try await store.make(.lock(lock(3, "second")), of: id) }
        try await store.make(.lock(lock(4, "second")), of: id)
        #expect(try await store.environment(id)?.locks == [lock(4, "second")])
    }

    @Sendable private static func reasons(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        try await store.make(.lock(lock(1, "stands")), of: id)
        for reason in ["", "a\0b", "\n", "a\u{7f}", "\u{85}", String(repeating: "x", count: 1025), String(repeating: "ä", count: 513)] {
            await #expect(throws: KeyStoreError.any(.failed)) { try await store.make(.lock(lock(2, reason)), of: id) }
        }
        let record = try #require(try await store.environment(id))
        #expect(record.locks == [lock(1, "stands")])
        #expect(record.newestLock == 1)
        #expect(record.revision == Revision(number: 2))
    }

    @Sendable private static func most(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let longest = String(repeating: "x", count: EnvironmentLock.longestReason)
        for number in 1...UInt32(EnvironmentLock.most) { try await store.make(.lock(lock(number, longest)), of: id) }
        await #expect(throws: KeyStoreError.any(.failed)) { try await store.make(.lock(lock(17, "one more")), of: id) }
        try await store.make(.unlock([5]), of: id)
        try await store.make(.lock(lock(17, "one more")), of: id)
        #expect(try await store.environment(id)?.locks.map(\.number) == [1, 2, 3, 4] + Array(6...17))
        #expect(try await store.environment(id)?.damage == nil)
    }
}
