import EKMServer
import EKMWire
import KeyHierarchy
import Testing

@Suite("Batches")
struct BatchTests {
    private func items(_ reply: RawClient.Reply) throws -> [Result<[UInt8], WireError>] {
        try #require(reply.code == nil, "\(String(describing: reply.error))")
        let fields = reply.fields
        return try BatchAnswer.parse(fields.span.bytes).map { item in
            switch item {
            case .done(let range): .success(Array(fields[range]))
            case .failed(let error): .failure(error)
            }
        }
    }

    private func codes(_ reply: RawClient.Reply) throws -> [ErrorCode?] {
        try items(reply).map { if case .failure(let error) = $0 { error.code } else { nil } }
    }

    @Test("what a batch encrypts, a batch and a single request decrypt, and the other way around", arguments: RoundTripTests.scopes)
    func roundTrip(_ scope: EKMWire.Scope) async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let plaintexts = (0..<300).map { [UInt8](repeating: UInt8($0 % 256), count: $0) }
            let context = ["tenant": "t", "a": "b"]
            let sealed = try items(
                try await client.ask(Requests.batch(.encryptBatch, plaintexts, in: "acme/prod", scope, context: context)))
            var ciphertexts = try sealed.map { try $0.get() }
            #expect(Set(ciphertexts).count == 300)
            #expect(try await client.ask(Requests.decrypt(ciphertexts[7], expected: scope, context: context)).fields == plaintexts[7])
            ciphertexts[3] = try await client.ask(Requests.encrypt(plaintexts[3], in: "acme/prod", scope, context: context)).fields
            server.expire()
            for expected in [scope, nil] {
                let opened = try items(
                    try await client.ask(Requests.batch(.decryptBatch, ciphertexts, in: "acme/prod", expected, context: context)))
                #expect(try opened.map { try $0.get() } == plaintexts)
            }
        }
    }

    @Test("each item has its own error, and the others are done")
    func errors() async throws {
        try await withServer(limits: ServerLimits(frame: 8_192)) { server in
            for name in ["acme/prod", "acme/dev"] { try await server.create(name) }
            let client = try await server.connect()
            let good = try await client.ask(Requests.encrypt([1], in: "acme/prod")).fields
            let other = try await client.ask(Requests.encrypt([1], in: "acme/dev")).fields
            let event = try await client.ask(Requests.encrypt([1], in: "acme/prod", .event)).fields
            let job = try await client.ask(Requests.encrypt([1], in: "acme/prod", .job("another"))).fields
            let changed = good.dropLast() + [good[good.count - 1] ^ 1]
            let reply = try await client.ask(
                Requests.batch(.decryptBatch, [good, other, event, job, Array(changed), [9, 9], [], good], in: "acme/prod"))
            #expect(
                try codes(reply) == [
                    nil, .unknownEnvironment, .wrongScope, .wrongScope, .cannotDecrypt, .unknownFormat, .unknownFormat, nil,
                ])
            // One that would not come back.
            let large = [UInt8](repeating: 1, count: 8_000)
            #expect(
                try codes(try await client.ask(Requests.batch(.encryptBatch, [[1], large], in: "acme/prod"))) == [nil, .frameTooLarge])
        }
    }

    @Test("what is refused for all is refused once: no grant, a lock, a count of none or too many")
    func whole() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            var empty = Requests.batch(.encryptBatch, [[]], in: "acme/prod")
            empty.removeLast(4)
            empty[empty.count - 1] = 0
            empty[3] -= 4
            #expect(try await client.ask(empty).code == .malformedField)
            #expect(throws: WireError(.malformedField, "")) {
                var bytes: [UInt8] = []
                let many = [[UInt8]](repeating: [], count: BatchRequest.largest + 1)
                try BatchRequest(environment: "a/b", scope: .event).encode(.encryptBatch, items: many, into: &bytes, requestID: 1)
            }
            let sealed = try items(try await client.ask(Requests.batch(.encryptBatch, [[1]], in: "acme/prod")))[0].get()
            _ = try await client.ask(Requests.lock("acme/prod", reason: "x"))
            #expect(try await client.ask(Requests.batch(.encryptBatch, [[1]], in: "acme/prod")).code == .locked)
            #expect(try codes(try await client.ask(Requests.batch(.decryptBatch, [sealed], in: "acme/prod"))) == [.locked])
            server.authorizer.apply(.grants([]))
            #expect(try await client.ask(Requests.batch(.decryptBatch, [sealed], in: "acme/prod")).code == .notGranted)
        }
    }
}
