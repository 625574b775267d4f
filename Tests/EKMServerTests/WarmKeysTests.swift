import EKMWire
import Glibc
import KeyHierarchy
import Keyring
import NIOCore
import Testing

@testable import EKMServer

@Suite("Warm keys") struct WarmKeysTests {
    @Test("What was put in under a hash is found under it alone, and what comes later replaces it")
    func finds() async throws {
        try await Self.withKeys(2) { made in
            var keys = WarmKeys()
            #expect(keys.find(7) == nil)
            keys.insert(made[0], hash: 7)
            #expect(keys.find(7) === made[0])
            // The next places behind a hash are other hashes'.
            #expect(keys.find(6) == nil && keys.find(8) == nil)
            keys.insert(made[1], hash: 7)
            #expect(keys.find(7) === made[1])
            #expect(keys.count == 1)
        }
    }

    @Test("It holds no more than its limit, whatever hashes a client brings about")
    func bounded() async throws {
        try await Self.withKeys(1) { made in
            var keys = WarmKeys()
            for hash in 0..<UInt64(3 * WarmKeys.most) { keys.insert(made[0], hash: hash &* 0x9E37_79B9_7F4A_7C15) }
            #expect(keys.count <= WarmKeys.most)
            var same = WarmKeys()
            for hash in 0..<UInt64(100) { same.insert(made[0], hash: hash << 40) }
            #expect(same.count <= 4)
            #expect(same.find(99 << 40) === made[0])
        }
    }

    @Test("A key that one connection made warm is another's, too, until its environment is wiped, its grant is gone, or its hour is over")
    func shared() async throws {
        try await withServer(loops: 1) { server in
            try await server.create("acme/prod")
            let clients = [try await server.connect(), try await server.connect()]
            var sealed: [[UInt8]] = []
            for client in clients {
                for job in 0..<70 {
                    let reply = try await client.ask(Requests.encrypt([1, 2], in: "acme/prod", .job("\(job)")))
                    #expect(reply.status == 0)
                    sealed.append(reply.fields)
                }
            }
            #expect(await server.server.ciphers() == 70)
            for (place, ciphertext) in sealed.enumerated() {
                let reply = try await clients[place % 2].ask(Requests.decrypt(ciphertext))
                #expect(reply.status == 0 && reply.fields == [1, 2])
            }
            let me = Grant.Subject.user(name: "me", id: getuid())
            server.authorizer.apply(.grants([Grant(subject: me, environments: ["other/*"], allow: [.encrypt, .decrypt])]))
            for client in clients {
                #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod", .job("3"))).status != 0)
                #expect(try await client.ask(Requests.decrypt(sealed[3])).status != 0)
            }
            server.authorizer.apply(.ownerMayDoEverything(getuid()))
            server.expire()
            #expect(await server.server.ciphers() == 0)
            for client in clients {
                #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod", .job("3"))).status == 0)
                #expect(try await client.ask(Requests.decrypt(sealed[3])).fields == [1, 2])
            }
        }
    }

    @Test("The tables of a kind of peer are shared by its connections and by no other kind's, and go with the last")
    func kinds() async throws {
        try await withServer(loops: 1) { server in
            let loop = server.server.firstWorker
            let result = try await loop.eventLoop.submit { () -> [Bool] in
                let worker = loop.value
                let before = worker.warmKeys.count
                let (one, same, other) = (Self.peer(1, user: 7), Self.peer(2, user: 7), Self.peer(1, user: 8))
                let tables = [worker.enter(one), worker.enter(same), worker.enter(other)]
                let grouped = worker.enter(Peer(process: 1, user: 7, groups: [9]))
                var told = [tables[0] === tables[1], tables[0] !== tables[2], grouped !== tables[0]]
                worker.leave(Peer(process: 1, user: 7, groups: [9]), grouped)
                worker.leave(one, tables[0])
                told.append(worker.warmKeys.count == before + 2)
                worker.leave(same, tables[1])
                worker.leave(other, tables[2])
                told.append(worker.warmKeys.count == before)
                return told
            }.get()
            #expect(result == [true, true, true, true, true])
        }
    }

    private static func peer(_ process: Int32, user: UInt32) -> Peer { Peer(process: process, user: user, groups: []) }

    /// Lends warm keys that nothing else is done with.
    private static func withKeys(_ count: Int, _ body: @escaping @Sendable ([WarmKey]) -> Void) async throws {
        try await withServer(loops: 1) { server in
            let environment = try await server.create("acme/prod")
            var keys: [CachedKey] = []
            for place in 0..<count {
                keys.append(try await server.hierarchies.fetcher.encryptionKey(for: .job(JobID("\(place)")), of: environment))
            }
            var ciphers = CipherCache()
            body(try keys.compactMap { try ciphers.entry(for: $0, read: 1) }.map { WarmKey(prefix: [], cipher: $0, grants: 1) })
        }
    }

    @Test("Where locked memory is scarce, ciphers make room before keys do") func scarce() async throws {
        try await withServer(loops: 1) { server in
            let environment = try await server.create("acme/prod")
            var keys: [CachedKey] = []
            for place in 0..<20 {
                keys.append(try await server.hierarchies.fetcher.encryptionKey(for: .job(JobID("\(place)")), of: environment))
            }
            var ciphers = CipherCache()
            for key in keys[..<10] { _ = try ciphers.entry(for: key, read: 1, memoryIsScarce: { false }) }
            #expect(ciphers.count == 10)
            for key in keys[10...] { #expect(try ciphers.entry(for: key, read: 2, memoryIsScarce: { true })?.cipher != nil) }
            #expect(ciphers.count <= 2)
        }
    }
}
