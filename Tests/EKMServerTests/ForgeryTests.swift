import EKMServer
import EKMWire
import Testing

@Suite("Ciphertexts that were changed")
struct ForgeryTests {
    @Test("Every flipped bit is refused as bad data", arguments: RoundTripTests.scopes) func flippedBits(_ scope: EKMWire.Scope)
        async throws
    {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1, 2, 3], in: "acme/prod", scope, context: ["a": "1"])).fields
            var requests: [UInt8] = []
            for index in ciphertext.indices {
                var forged = ciphertext
                forged[index] ^= 1 << UInt8(index % 8)
                requests += Requests.decrypt(forged, context: ["a": "1"], id: UInt32(index + 1))
            }
            try await client.send(requests)
            let replies = try await client.receive(ciphertext.count)
            #expect(replies.count == ciphertext.count)
            for reply in replies {
                // A changed environment id is an environment that is not here; the rest does not open.
                let isEnvironment = (7..<23).contains(Int(reply.header.requestID))
                #expect(isEnvironment ? reply.code == .unknownEnvironment : reply.code?.exitCode == 65)
                #expect(reply.error.map { !$0.message.isEmpty } ?? false)
            }
            #expect(try await client.ask(Requests.decrypt(ciphertext, context: ["a": "1"])).fields == [1, 2, 3])
        }
    }

    @Test("Every truncation is refused as bad data", arguments: RoundTripTests.scopes) func truncations(_ scope: EKMWire.Scope) async throws
    {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1, 2, 3], in: "acme/prod", scope)).fields
            try await client.send(ciphertext.indices.flatMap { Requests.decrypt(Array(ciphertext[..<$0]), id: UInt32($0 + 1)) })
            let replies = try await client.receive(ciphertext.count)
            #expect(replies.count == ciphertext.count && replies.allSatisfy { $0.code?.exitCode == 65 })
        }
    }

    @Test("Another context, or none, is refused", arguments: [[:], ["a": "2"], ["b": "1"], ["a": "1", "b": ""], ["a:1": ""]])
    func otherContext(_ context: [String: String]) async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/prod", context: ["a": "1"])).fields
            #expect(try await client.ask(Requests.decrypt(ciphertext, context: context)).code == .cannotDecrypt)
        }
    }

    @Test(
        "A scope that is not the expected one is refused", arguments: RoundTripTests.scopes,
        RoundTripTests.scopes + [.job("43"), .connection("erp")])
    func expectedScope(_ scope: EKMWire.Scope, _ expected: EKMWire.Scope) async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1], in: "acme/prod", scope)).fields
            let wanted: ErrorCode? = scope == expected ? nil : .wrongScope
            // Cold, then warm, then after the right one.
            server.expire()
            #expect(try await client.ask(Requests.decrypt(ciphertext, expected: expected)).code == wanted)
            #expect(try await client.ask(Requests.decrypt(ciphertext, expected: expected)).code == wanted)
            #expect(try await client.ask(Requests.decrypt(ciphertext, expected: scope)).status == 0)
            #expect(try await client.ask(Requests.decrypt(ciphertext, expected: expected)).code == wanted)
        }
    }

    @Test("A header rewritten to another environment or key is refused", arguments: RoundTripTests.scopes)
    func rewritten(_ scope: EKMWire.Scope) async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            try await server.create("acme/test")
            let client = try await server.connect()
            let mine = try await client.ask(Requests.encrypt([1], in: "acme/prod", scope)).fields
            let other = try await client.ask(Requests.encrypt([1], in: "acme/test", scope)).fields
            let size = mine.count - 73
            var forged = mine
            forged[6..<22] = other[6..<22]
            #expect(try await client.ask(Requests.decrypt(forged)).code?.exitCode == 65)
            forged = mine
            forged[22..<38] = other[22..<38]
            #expect(try await client.ask(Requests.decrypt(forged)).code?.exitCode == 65)
            forged = Array(other[..<size] + mine[size...])
            #expect(try await client.ask(Requests.decrypt(forged)).code?.exitCode == 65)
            forged = mine
            forged[5] = forged[5] == 1 ? 3 : forged[5] == 3 ? 4 : 3
            #expect(try await client.ask(Requests.decrypt(forged)).code?.exitCode == 65)
        }
    }

    @Test("A job's data key carried into another job's header does not open") func movedDataKey() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let first = try await client.ask(Requests.encrypt([1], in: "acme/prod", .job("1"))).fields
            let second = try await client.ask(Requests.encrypt([1], in: "acme/prod", .job("2"))).fields
            var forged = first
            forged[54..<126] = second[54..<126]
            #expect(try await client.ask(Requests.decrypt(forged)).code == .cannotDecrypt)
            forged = first
            forged[38..<54] = second[38..<54]
            #expect(try await client.ask(Requests.decrypt(forged)).code == .cannotDecrypt)
            #expect(try await client.ask(Requests.decrypt(first)).fields == [1])
        }
    }
}
