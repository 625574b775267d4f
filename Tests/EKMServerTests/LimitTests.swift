import EKMServer
import EKMWire
import Glibc
import KeyHierarchy
import Keyring
import TestSupport
import Testing
import Upkeep

@Suite("Limits, backpressure and the end")
struct LimitTests {
    @Test("A connection over the limit is told so and closed; when one goes there is room again") func connections() async throws {
        try await withServer(limits: ServerLimits(connections: 2)) { server in
            let first = try await server.connect()
            _ = try await first.ask(Requests.empty(.ping))
            do {
                let second = try await server.connect()
                _ = try await second.ask(Requests.empty(.ping))
                let third = try await server.connect(greets: false)
                let refusal = try await third.receive()
                #expect(refusal?.code == .limitReached && refusal?.header.requestID == 0)
                #expect(try await third.receive() == nil)
                #expect(try await second.ask(Requests.empty(.ping)).status == 0)
            }
            while server.server.connections > 1 { await Task.yield() }
            let fourth = try await server.connect()
            #expect(try await fourth.ask(Requests.empty(.ping)).status == 0)
        }
    }

    @Test("What is encrypted can be decrypted: the largest plaintext is what comes back in a frame", arguments: RoundTripTests.scopes)
    func wayBack(_ scope: EKMWire.Scope) async throws {
        let limit = 4096
        try await withServer(limits: ServerLimits(frame: limit)) { server in
            // The longer the name, the more of a request does not come back.
            for name in ["a/b", "\(String(repeating: "w", count: 63))/\(String(repeating: "e", count: 63))"] {
                try await server.create(name)
                let client = try await server.connect()
                for pairs in [[:], ["b": "1", "a": "2"]] {
                    let context = try EncryptionContext(pairs)
                    let largest = EncryptRequest(environment: name, scope: scope, context: context).largestPlaintext(frames: limit)
                    let plaintext = [UInt8](repeating: 7, count: largest)
                    // Cold and warm.
                    for _ in 0..<2 {
                        let ciphertext = try await client.ask(Requests.encrypt(plaintext, in: name, scope, context: pairs))
                        #expect(ciphertext.error == nil && ciphertext.fields.count == largest + scope.ciphertextOverhead)
                        let opened = try await client.ask(Requests.decrypt(ciphertext.fields, expected: scope, context: pairs))
                        #expect(opened.fields == plaintext)
                        #expect(
                            try await client.ask(Requests.encrypt(plaintext + [7], in: name, scope, context: pairs)).code == .frameTooLarge)
                    }
                    let way = DecryptRequest(expectedScope: scope, context: context).largestCiphertext(frames: limit)
                    #expect(way >= largest + scope.ciphertextOverhead)
                }
            }
        }
    }

    @Test("A data key is lent only where its wrapped form, with its context, can come back") func lentWayBack() async throws {
        try await withServer(limits: ServerLimits(frame: 4096)) { server in
            try await server.create("a/b")
            let client = try await server.connect()
            var lent = 0
            for size in 3800...4090 {
                let context = ["k": String(repeating: "v", count: size)]
                let answer = try await client.ask(Requests.generateDataKey(in: "a/b", context: context))
                guard answer.error == nil else {
                    #expect(answer.code == .frameTooLarge)
                    continue
                }
                lent += 1
                let wrapped = Array(answer.fields[4..<130])
                #expect(try await client.ask(Requests.openDataKey(wrapped, expected: .job("job"), context: context)).error == nil)
            }
            #expect((1..<290).contains(lent))
        }
    }

    @Test("A client that never reads stalls, and then gets everything in order") func backpressure() async throws {
        try await withServer(loops: 1) { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            _ = try await client.ask(Requests.encrypt([1], in: "acme/prod"))
            let plaintext = [UInt8](repeating: 5, count: 1000)
            let count = 20_000
            let requests = (1...UInt32(count)).flatMap { Requests.encrypt(plaintext, in: "acme/prod", id: $0) }
            // Nonblocking: the kernel takes what fits in the socket's buffers and what the daemon reads, and no more.
            var sent = 0
            var stalls = 0
            while sent < requests.count, stalls < 200 {
                let taken = requests.withUnsafeBytes {
                    send(client.descriptor, $0.baseAddress! + sent, requests.count - sent, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
                }
                if taken > 0 {
                    (sent, stalls) = (sent + taken, 0)
                } else {
                    stalls += 1
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
            #expect(sent < 4 << 20)
            // Nobody else is held up.
            let other = try await server.connect()
            #expect(try await other.ask(Requests.encrypt([1], in: "acme/prod")).status == 0)
            let rest = Array(requests[sent...])
            async let sending: Void = client.send(rest)
            let replies = try await client.receive(count)
            try await sending
            #expect(replies.map(\.header.requestID) == Array(1...UInt32(count)) && replies.allSatisfy { $0.status == 0 })
        }
    }

    @Test("A shutdown answers what was sent before it, then closes, wipes and removes the socket") func shutdown() async throws {
        let server = try await RunningServer(loops: 1)
        try await server.create("acme/prod")
        let client = try await server.connect()
        let count = 2000
        let environment = try #require(server.hierarchies.keyring.environments.first)
        _ = try await client.ask(Requests.encrypt([1], in: "acme/prod"))
        try await client.send((1...UInt32(count)).flatMap { Requests.encrypt([1, 2, 3], in: "acme/prod", id: $0) })
        let began = ContinuousClock.now
        async let ending: Void = server.server.shutdown(within: .seconds(60))
        let replies = try await client.receive(count + 1)
        #expect(replies.count == count && replies.allSatisfy { $0.status == 0 })
        await ending
        // Once all is answered it does not wait for its limit.
        #expect(began.duration(to: .now) < .seconds(30))
        #expect(environment.secondsLeft(at: server.clock.now) == 0)
        #expect(access(server.path, F_OK) != 0)
    }

    @Test("A shutdown waits for requests that wait for a key, but not for ever") func shutdownWhileCold() async throws {
        for answers in [true, false] {
            let server = try await RunningServer(loops: 1)
            let environment = try await server.create("acme/prod")
            server.expire()
            server.mainKeys.hold(environment.identity.name)
            let client = try await server.connect()
            try await client.send(Requests.encrypt([1], in: "acme/prod", id: 5))
            _ = try await client.ask(Requests.empty(.ping))
            while server.mainKeys.held(environment.identity.name) == 0 { await Task.yield() }
            async let ending: Void = server.server.shutdown(within: answers ? .seconds(20) : .milliseconds(50))
            if answers { server.mainKeys.release(environment.identity.name) }
            let reply = try await client.receive()
            #expect(answers ? reply?.header.requestID == 5 && reply?.status == 0 : reply == nil)
            await ending
            if !answers { server.mainKeys.release(environment.identity.name) }
        }
    }

    @Test("A shutdown answers clients, too, that it has not met yet") func shutdownBeforeAccept() async throws {
        for _ in 0..<20 {
            let server = try await RunningServer(loops: 2)
            try await server.create("acme/prod")
            server.expire()
            var clients: [RawClient] = []
            for _ in 0..<20 {
                let client = try await server.connect()
                try await client.send(Requests.encrypt([1], in: "acme/prod", id: 5))
                clients.append(client)
            }
            async let ending: Void = server.server.shutdown(within: .seconds(20))
            for client in clients {
                let reply = try await client.receive()
                #expect(reply?.header.requestID == 5 && reply?.status == 0)
            }
            await ending
        }
    }

    @Test("Loops prove that they are alive") func isAlive() async throws {
        try await withServer { server in
            #expect(await server.server.isAlive())
            #expect(await server.timer.isAlive())
        }
    }
}
