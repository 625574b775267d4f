internal import Cryptography
import KeyHierarchy
import Testing

enum RevisionContract {
    static let cases = [
        ContractCase("raises the revision by one with each change, and refuses what was decided on another", each),
        ContractCase("answers a change with the record as it is since", answers),
        ContractCase("lets one of many changes through that were decided on one revision", race),
        ContractCase("leaves the revision to what decides: keys, moves and sweeps do not raise it", others),
        ContractCase("has a feed of what changed, each environment at its last change", feed),
        ContractCase("gives the feed in pages", pages),
        ContractCase("says whether bytes that are gone are still to be purged", purge),
    ]
    private static let now = WallTime(seconds: 1_700_009_000)

    /// One of each, which all can be made one after another.
    private static func changes(of environment: EnvironmentRecord) throws -> [EnvironmentChange] {
        let pending = PendingMainKey(try Samples.mainKey(), withoutOld: false)
        return [
            .lock(EnvironmentLock(number: 1, at: now, reason: "a suspicion")), .unlock([1]),
            .setRetention(Retention(hours: .seconds(3600))), .setPending(pending), .setPending(nil),
            .adopt(try Samples.rotation(of: environment, to: 2, previous: 1)), .setRepackState(.paused), .setRepackState(.running),
            .rewrap(try Samples.environmentKey(1, under: environment.mainKey.id)), .finishRepack,
            .adopt(try Samples.replacement(to: 3, previous: 2)), .cancelRepack(at: now),
            .setMaterial(nil, of: environment.mainKey.id),
            .erase(try Samples.erasure(.connection("shop"), of: environment.identity.id)), .delete,
        ]
    }

    @Sendable private static func each(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        var revision = Revision.first
        for change in try changes(of: environment) {
            for wrong in [revision.next, Revision(number: revision.number - 1)] {
                await #expect(throws: KeyStoreError.any(.stale), "\(change)") { try await store.apply(change, to: id, from: wrong) }
            }
            #expect(try await store.environment(id)?.revision == revision)
            let applied = try await store.apply(change, to: id, from: revision)
            revision = revision.next
            if case .delete = change {
                #expect(applied.record == nil)
            } else {
                #expect(applied.record?.revision == revision, "\(change)")
            }
            #expect(try await store.environment(id)?.revision == applied.record?.revision)
        }
        for change in try changes(of: environment) {
            await #expect(throws: KeyStoreError.any(.missing), "\(change)") { try await store.apply(change, to: id, from: revision) }
        }
    }

    @Sendable private static func answers(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let adoption = try Samples.replacement(to: 2, previous: 1)
        let applied = try await store.make(.adopt(adoption), of: id)
        let record = try #require(applied.record)
        #expect(record.mainKey.id == adoption.mainKey?.id)
        #expect(record.environmentKey.wrapped == adoption.environmentKey.wrapped)
        #expect(record.formerMainKeys.map(\.id) == [environment.mainKey.id])
        #expect(record.repack?.target == Samples.version(2))
        #expect(record.damage == nil)
    }

    @Sendable private static func race(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        let done = await withTaskGroup(of: Bool.self) { group in
            for number in 1...20 {
                group.addTask {
                    let lock = EnvironmentLock(number: UInt32(number), at: now, reason: "number \(number)")
                    return (try? await store.apply(.lock(lock), to: id, from: .first)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(done == 1)
        #expect(try await store.environment(id)?.locks.count == 1)
        #expect(try await store.environment(id)?.revision == Revision.first.next)
    }

    @Sendable private static func others(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        try await store.adopt(Samples.rotation(of: environment, to: 2, previous: 1), of: id)
        let before = try await store.environment(id)?.revision
        let key = try await store.insert(Samples.key(.log(version: 1), of: id, under: [1]))
        _ = try await store.move([MovedKey(key: key.id, bytes: [2])], of: id, to: Samples.version(2), cursor: key.id)
        _ = try await store.sweepRetired(of: id, limit: 10)
        try await store.endDoubt(at: now)
        #expect(try await store.environment(id)?.revision == before)
        #expect(try await store.feed(after: 0, limit: 10).count == 1)
    }

    @Sendable private static func feed(_ store: any KeyStore) async throws {
        #expect(try await store.feed(after: 0, limit: 10).isEmpty)
        let (one, other) = (try await store.newEnvironment("acme/one"), try await store.newEnvironment("acme/other"))
        let first = try await store.feed(after: 0, limit: 10)
        #expect(first.map(\.environment) == [one.identity.id, other.identity.id])
        #expect(first.map(\.revision) == [.first, .first])
        #expect(first.map(\.number) == first.map(\.number).sorted())
        let seen = try #require(first.last?.number)
        #expect(try await store.feed(after: seen, limit: 10).isEmpty)

        for _ in 0..<3 { try await store.make(.setRetention(Retention()), of: one.identity.id) }
        let second = try await store.feed(after: seen, limit: 10)
        #expect(second.map(\.environment) == [one.identity.id])
        #expect(second.first?.revision == Revision(number: 4))
        #expect(try await store.feed(after: 0, limit: 10).map(\.environment) == [other.identity.id, one.identity.id])

        try await store.delete(other.identity.id)
        let last = try #require(try await store.feed(after: second[0].number, limit: 10).first)
        #expect(last.environment == other.identity.id)
        #expect(last.revision == nil)
        // What was refused is no change.
        _ = try? await store.apply(.delete, to: one.identity.id, from: .first)
        #expect(try await store.feed(after: last.number, limit: 10).isEmpty)
    }

    @Sendable private static func pages(_ store: any KeyStore) async throws {
        var ids: [EnvironmentID] = []
        for number in 0..<7 { ids.append(try await store.newEnvironment("acme/e\(number)").identity.id) }
        var read: [FeedEntry] = []
        while true {
            let page = try await store.feed(after: read.last?.number ?? 0, limit: 3)
            #expect(page.count <= 3)
            guard !page.isEmpty else { break }
            read += page
        }
        #expect(read.map(\.environment) == ids)
    }

    @Sendable private static func purge(_ store: any KeyStore) async throws {
        let environment = try await store.newEnvironment()
        let id = environment.identity.id
        for change in try changes(of: environment) {
            let isExpected =
                switch change {
                case .rewrap, .finishRepack, .cancelRepack, .delete, .setMaterial: true
                // The one that waited had sealed material.
                case .setPending(let pending): pending == nil
                default: false
                }
            #expect(try await store.make(change, of: id).isPurgeDue == isExpected, "\(change)")
            try await store.purge()
        }
    }
}
