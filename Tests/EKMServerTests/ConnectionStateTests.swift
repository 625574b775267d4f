import EKMWire
import Glibc
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import EKMServer

@Suite("The state of a connection")
struct ConnectionStateTests {
    @Test("nothing is answered before a hello was agreed on; the connection goes on, and a later hello changes nothing")
    func helloFirst() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect(greets: false)
            let early = [
                Requests.empty(.ping, id: 2), Requests.encrypt([1], in: "acme/prod", id: 2), Requests.empty(.status, id: 2),
                Requests.raw(999, id: 2),
            ]
            for request in early {
                let reply = try await client.ask(request)
                #expect(reply.code == .noHello && reply.header.requestID == 2)
            }
            #expect(try await client.ask(Requests.hello(lowest: 2, highest: 9, id: 3)).code == .unsupportedVersion)
            #expect(try await client.ask(Requests.empty(.ping, id: 4)).code == .noHello)
            // Behind a hello in the same write, and before its answer.
            try await client.send(Requests.hello(id: 5) + Requests.encrypt([1], in: "acme/prod", id: 6))
            #expect(try await client.receive(2).allSatisfy { $0.status == 0 })
            #expect(try await client.ask(Requests.hello(id: 7)).status == 0)
            #expect(try await client.ask(Requests.hello(lowest: 2, highest: 9, id: 8)).code == .unsupportedVersion)
            #expect(try await client.ask(Requests.empty(.ping, id: 9)).status == 0)
        }
    }

    @Test("an id is used once at a time: the later request is refused under id 0, and the first gets its answer")
    func duplicates() async throws {
        try await withServer(loops: 1) { server in
            let environment = try await server.create("acme/prod")
            let client = try await server.connect()
            server.expire()
            server.mainKeys.hold(environment.identity.name)
            try await client.send(Requests.encrypt([1], in: "acme/prod", id: 5))
            for request in [
                Requests.encrypt([2], in: "acme/prod", id: 5), Requests.empty(.ping, id: 5),
                Requests.named(.showEnvironment, "acme/prod", id: 5),
            ] {
                let refused = try await client.ask(request)
                #expect(refused.code == .duplicateID && refused.header.requestID == 0)
            }
            #expect(try await client.ask(Requests.empty(.ping, id: 6)).status == 0)
            server.mainKeys.release(environment.identity.name)
            let answer = try #require(try await client.receive())
            #expect(answer.header.requestID == 5 && answer.header.operation == .encrypt && answer.status == 0)
            #expect(try await client.ask(Requests.encrypt([3], in: "acme/prod", id: 5)).status == 0)
        }
    }

    @Test("a request of id 0 is refused") func idZero() async throws {
        try await withServer { server in
            let reply = try await server.connect().ask(Requests.empty(.ping, id: 0))
            #expect(reply.code == .malformedFrame && reply.header.requestID == 0)
        }
    }

    @Test("a hello tells a user whom no grant names the small frame that holds for him") func smallFrame() async throws {
        try await withServer(policy: .grants([])) { server in
            let client = try await server.connect(greets: false)
            let hello = try await client.ask(Requests.hello())
            #expect(try HelloAnswer(parsing: hello.fields.span.bytes).largestFrame == 4096)
        }
    }

    @Test("what a client has not read ends with its environment, and with it the connection; that of another environment does not")
    func unread() async throws {
        try await withServer(loops: 1) { server in
            let environment = try await server.create("acme/prod")
            try await server.create("acme/dev")
            let plaintext = [UInt8](repeating: 0x5a, count: 100_000)
            let count = 40
            var readers: [RawClient] = []
            for name in ["acme/prod", "acme/dev"] {
                let client = try await server.connect()
                let ciphertext = try await client.ask(Requests.encrypt(plaintext, in: name)).fields
                let requests = (1...UInt32(count)).map { Requests.decrypt(ciphertext, id: $0) }
                // Reads nothing: what the kernel does not take waits in the daemon.
                Task { for request in requests { try? await client.send(request) } }
                readers.append(client)
            }
            while await server.server.slowReaders() < 2 { await Task.yield() }
            try await server.hierarchies.environments.lock(environment, reason: "test")
            // The drop runs on the loop; this is answered behind it.
            _ = try await server.connect().ask(Requests.empty(.ping))
            let received = try await readers[0].receive(count)
            #expect(received.count < count, "the rest is gone")
            #expect(try await readers[1].receive(count).count == count)
        }
    }

    @Test("the daemon's question to itself takes no place, although there is none left") func ownQuestion() async throws {
        try await withServer(limits: ServerLimits(connections: 1)) { server in
            let client = try await server.connect()
            var pair: [CInt] = [-1, -1]
            #expect(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
            try await server.server.serve(pair[1])
            let own = RawClient(adopting: pair[0])
            #expect(try await own.ask(Requests.hello()).status == 0)
            #expect(server.server.connections == 1)
            #expect(try await client.ask(Requests.empty(.ping)).status == 0)
        }
    }
}

@Suite("The socket's file")
struct SocketFileTests {
    @Test("one that was taken away is made again: new clients find it, old ones stay") func madeAgain() async throws {
        try await withServer { server in
            let old = try await server.connect()
            #expect(await server.server.checkSocket(mode: 0o600) == .stands)
            #expect(unlink(server.path) == 0)
            #expect(await server.server.checkSocket(mode: 0o640) == .madeAgain)
            #expect(await server.server.checkSocket(mode: 0o600) == .stands)
            #expect(try await server.connect().ask(Requests.empty(.ping)).status == 0)
            #expect(try await old.ask(Requests.empty(.ping)).status == 0)
            var status = stat()
            #expect(lstat(server.path, &status) == 0 && status.st_mode & 0o777 == 0o640)
        }
    }

    @Test("what stands in its place is told, and not touched") func replaced() async throws {
        let path = try await withServer { server in
            #expect(unlink(server.path) == 0)
            #expect(mkdir(server.path, 0o700) == 0)
            #expect(await server.server.checkSocket(mode: 0o600) == .replaced)
            #expect(rmdir(server.path) == 0)
            #expect(await server.server.checkSocket(mode: 0o600) == .madeAgain)
            return server.path
        }
        #expect(access(path, F_OK) != 0)
    }
}
