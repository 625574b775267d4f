import EKMWire
import Testing

@Suite("Round trips through the socket")
struct RoundTripTests {
    static let scopes: [EKMWire.Scope] = [.job("42"), .connection("crm"), .event, .log]

    @Test("A hello tells version and limit, and a ping is answered") func helloAndPing() async throws {
        try await withServer { server in
            let client = try await server.connect()
            let hello = try await client.ask(Requests.hello())
            #expect(
                try HelloAnswer(parsing: hello.fields.span.bytes)
                    == HelloAnswer(version: 1, largestFrame: 1 << 20, serverVersion: "0.0.0-test"))
            let ping = try await client.ask(Requests.empty(.ping, id: 7))
            #expect(ping.header.requestID == 7 && ping.status == 0 && ping.fields.isEmpty && ping.secondsLeft == .doesNotApply)
        }
    }

    @Test(
        "What one scope encrypts decrypts again, warm and cold, and grows by no more than it may", arguments: scopes, [0, 1, 256, 65_537])
    func scope(_ scope: EKMWire.Scope, _ size: Int) async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let plaintext = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let context = ["b": "2", "a": "1"]
            for round in 0..<3 {
                if round == 2 { server.expire() }
                let encrypted = try await client.ask(Requests.encrypt(plaintext, in: "acme/prod", scope, context: context))
                #expect(encrypted.error == nil)
                #expect((290...300).contains(encrypted.secondsLeft.seconds ?? 0))
                let overhead = encrypted.fields.count - size
                if case .job = scope { #expect(overhead <= 200) } else { #expect(overhead <= 128) }
                if round == 2 { server.expire() }
                let decrypted = try await client.ask(Requests.decrypt(encrypted.fields, expected: scope, context: context))
                #expect(decrypted.error == nil && decrypted.fields == plaintext)
            }
        }
    }

    @Test("A lent data key opens again, and only under its scope and context") func dataKeys() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let lent = try await client.ask(Requests.generateDataKey(in: "acme/prod", .job("42"), context: ["a": "1"]))
            let view = try DataKeyAnswerView(parsing: lent.fields.span.bytes)
            let wrapped = Array(lent.fields[view.wrapped])
            let opened = try await client.ask(Requests.openDataKey(wrapped, expected: .job("42"), context: ["a": "1"]))
            #expect(opened.fields == Array(lent.fields[view.key]))
            #expect(try await client.ask(Requests.openDataKey(wrapped, expected: .job("43"), context: ["a": "1"])).code == .wrongScope)
            #expect(try await client.ask(Requests.openDataKey(wrapped, context: ["a": "2"])).code == .cannotDecrypt)
            let encrypted = try await client.ask(Requests.encrypt([1, 2, 3], in: "acme/prod", .job("42"), context: ["a": "1"]))
            #expect(try await client.ask(Requests.openDataKey(encrypted.fields, context: ["a": "1"])).code == .unknownFormat)
        }
    }
}
