import EKMServer
import EKMWire
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Requests whose key is not in memory")
struct ColdPathTests {
    @Test("Any number of cold requests make one call to the main key, and all are answered", arguments: [1000, 10_000], [1, 8])
    func oneCall(_ count: Int, _ connections: Int) async throws {
        try await withServer { server in
            let name = try EnvironmentName("acme/prod")
            try await server.create("acme/prod")
            server.expire()
            let before = server.mainKeys.decrypts(name)
            server.mainKeys.hold(name)
            var clients: [RawClient] = []
            for _ in 0..<connections { clients.append(try await server.connect()) }
            for client in clients {
                let requests = (1...UInt32(count / connections)).flatMap { Requests.encrypt([1, 2, 3], in: "acme/prod", id: $0) }
                try await client.send(requests)
            }
            // They are all there once the loop answers what came behind them.
            for client in clients { #expect(try await client.ask(Requests.empty(.ping, id: .max)).header.requestID == .max) }
            while server.mainKeys.held(name) == 0 { await Task.yield() }
            server.mainKeys.release(name)
            for client in clients {
                let replies = try await client.receive(count / connections)
                #expect(replies.count == count / connections && replies.allSatisfy { $0.status == 0 })
                // First in, first out.
                #expect(replies.map(\.header.requestID) == Array(1...UInt32(count / connections)))
            }
            #expect(server.mainKeys.decrypts(name) == before + 1)
        }
    }

    @Test("A main key that hangs holds up no other environment on the same connection") func hanging() async throws {
        try await withServer(loops: 1) { server in
            try await server.create("acme/slow")
            try await server.create("acme/fast")
            let slow = try EnvironmentName("acme/slow")
            server.expire()
            server.mainKeys.hold(slow)
            let client = try await server.connect()
            try await client.send(Requests.encrypt([1], in: "acme/slow", id: 1))
            for id in UInt32(2)...50 {
                let reply = try await client.ask(Requests.encrypt([2], in: "acme/fast", id: id))
                #expect(reply.header.requestID == id && reply.status == 0)
            }
            server.mainKeys.release(slow)
            let last = try await client.receive()
            #expect(last?.header.requestID == 1 && last?.status == 0)
        }
    }

    @Test("A thousand other environments answer as before while one's main key hangs") func thousandOthers() async throws {
        try await withServer { server in
            try await server.create("acme/slow")
            for number in 0..<1000 { try await server.create("acme/e\(number)") }
            let slow = try EnvironmentName("acme/slow")
            server.expire()
            server.mainKeys.hold(slow)
            let client = try await server.connect()
            try await client.send(Requests.encrypt([1], in: "acme/slow", id: 9999))
            try await client.send((0..<1000).flatMap { Requests.encrypt([2], in: "acme/e\($0)", id: UInt32($0 + 1)) })
            let replies = try await client.receive(1000)
            #expect(Set(replies.map(\.header.requestID)) == Set(1...1000) && replies.allSatisfy { $0.status == 0 })
            server.mainKeys.release(slow)
            #expect(try await client.receive()?.header.requestID == 9999)
        }
    }

    @Test("Decrypting under many data keys of one environment makes one call too") func coldDecrypts() async throws {
        try await withServer { server in
            let name = try EnvironmentName("acme/prod")
            try await server.create("acme/prod")
            let client = try await server.connect()
            var ciphertexts: [[UInt8]] = []
            for job in 0..<100 {
                ciphertexts.append(try await client.ask(Requests.encrypt([UInt8(job)], in: "acme/prod", .job("\(job)"))).fields)
            }
            server.expire()
            let before = server.mainKeys.decrypts(name)
            try await client.send(ciphertexts.enumerated().flatMap { Requests.decrypt($1, id: UInt32($0 + 1)) })
            let replies = try await client.receive(100)
            #expect(replies.allSatisfy { $0.fields == [UInt8($0.header.requestID - 1)] })
            #expect(server.mainKeys.decrypts(name) == before + 1)
        }
    }

    @Test("A failure answers all who wait, with the verdict and the KMS's words") func failure() async throws {
        try await withServer { server in
            let name = try EnvironmentName("acme/prod")
            try await server.create("acme/prod")
            server.expire()
            server.mainKeys.hold(name)
            server.mainKeys.answer(
                .failure(
                    MainKeyFailure(verdict: .revoked, message: "The key is disabled.", reason: "DisabledException", remedy: "Enable it.")),
                for: name)
            let client = try await server.connect()
            try await client.send((1...20).flatMap { Requests.encrypt([1], in: "acme/prod", id: $0) })
            _ = try await client.ask(Requests.empty(.ping))
            while server.mainKeys.held(name) == 0 { await Task.yield() }
            server.mainKeys.release(name)
            let replies = try await client.receive(20)
            #expect(replies.count == 20)
            for reply in replies {
                #expect(reply.code == .revoked && reply.error?.verdict == .revoked && reply.error?.reason == "DisabledException")
            }
        }
    }

    @Test("What waits is bounded for each connection, and other connections are not touched") func bounded() async throws {
        try await withServer(loops: 1) { server in
            let name = try EnvironmentName("acme/prod")
            try await server.create("acme/prod")
            server.expire()
            server.mainKeys.hold(name)
            let greedy = try await server.connect()
            let modest = try await server.connect()
            let large = [UInt8](repeating: 1, count: 1_000_000)
            for id in UInt32(1)...12 { try await greedy.send(Requests.encrypt(large, in: "acme/prod", id: id)) }
            let refused = try await greedy.receive(4)
            #expect(refused.allSatisfy { $0.code == .limitReached })
            try await modest.send(Requests.encrypt([1], in: "acme/prod", id: 1))
            #expect(try await modest.ask(Requests.empty(.ping, id: 2)).header.requestID == 2)
            server.mainKeys.release(name)
            #expect(try await modest.receive()?.status == 0)
            #expect(try await greedy.receive(8).allSatisfy { $0.status == 0 })
        }
    }

    @Test("A connection that closes while it waits is forgotten, and the others are answered") func closed() async throws {
        try await withServer(loops: 1) { server in
            let name = try EnvironmentName("acme/prod")
            try await server.create("acme/prod")
            server.expire()
            server.mainKeys.hold(name)
            let stays = try await server.connect()
            try await stays.send(Requests.encrypt([1], in: "acme/prod", id: 1))
            do {
                let leaves = try await server.connect()
                try await leaves.send(Requests.encrypt([1], in: "acme/prod", id: 2))
                _ = try await leaves.ask(Requests.empty(.ping))
            }
            while server.server.connections > 1 { await Task.yield() }
            server.mainKeys.release(name)
            #expect(try await stays.receive()?.status == 0)
        }
    }
}
