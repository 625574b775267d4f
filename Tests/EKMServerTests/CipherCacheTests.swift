import EKMWire
import KeyHierarchy
import Keyring
import Testing

@testable import EKMServer

@Suite("Ciphers of hot keys")
struct CipherCacheTests {
    @Test("Every loop frees the ciphers of an environment that is wiped, and keeps the others'") func wiped() async throws {
        try await withServer(loops: 2) { server in
            let names = ["acme/prod", "acme/dev"]
            for name in names { try await server.create(name) }
            let clients = [try await server.connect(), try await server.connect()]
            for client in clients {
                for name in names {
                    for job in 0..<10 { _ = try await client.ask(Requests.encrypt([1], in: name, .job("\(job)"))) }
                }
            }
            #expect(await server.server.ciphers() == 40)
            let name = try EnvironmentName("acme/dev")
            _ = try await server.hierarchies.environments.delete(name, confirmation: "acme/dev")
            #expect(await server.server.ciphers() == 20)
            server.expire()
            #expect(await server.server.ciphers() == 0)
            #expect(try await clients[0].ask(Requests.encrypt([1], in: "acme/prod")).status == 0)
        }
    }

    @Test("It stays within its limit however many keys are used, and all still work") func bounded() async throws {
        try await withServer(loops: 1) { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let count = CipherCache.limit + 500
            for round in 0..<2 {
                let requests = (0..<count).flatMap { Requests.encrypt([1], in: "acme/prod", .job("\($0)"), id: UInt32($0 + 1)) }
                async let sending: Void = client.send(requests)
                let replies = try await client.receive(count)
                try await sending
                #expect(replies.allSatisfy { $0.status == 0 }, "round \(round)")
                #expect(await server.server.ciphers() <= CipherCache.limit)
            }
        }
    }
}
