import EKMServer
import EKMWire
import Testing

@Suite("Fuzzing a live server")
struct FuzzTests {
    /// Splitmix64: the same bytes for the same seed.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test("Mutated requests are each answered or refused, and the server goes on", arguments: 0..<8 as Range<UInt64>)
    func mutated(_ seed: UInt64) async throws {
        try await withServer(limits: ServerLimits(frame: 4096)) { server in
            var generator = Generator(state: seed)
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1, 2, 3], in: "acme/prod")).fields
            let lent = try await client.ask(Requests.generateDataKey(in: "acme/prod")).fields
            let seeds = [
                Requests.hello(), Requests.empty(.ping), Requests.encrypt([1, 2, 3], in: "acme/prod", context: ["b": "1", "a": "2"]),
                Requests.decrypt(ciphertext, expected: .job("job")), Requests.generateDataKey(in: "acme/prod", .connection("x")),
                Requests.openDataKey(Array(lent[4..<130])), Requests.named(.showEnvironment, "acme/prod"), Requests.empty(.status),
                Requests.empty(.listEnvironments), Requests.named(.deletionPreview, "acme/prod"), Requests.create("acme/new"),
            ]
            var sent: [UInt8] = []
            let count = 400
            for id in 1...UInt32(count) {
                var frame = seeds.randomElement(using: &generator) ?? []
                // Any byte behind the length and the request id, several times; and some bytes more or less.
                for _ in 0..<Int.random(in: 0...4, using: &generator) {
                    let at = Int.random(in: 4..<frame.count, using: &generator)
                    frame[at] = UInt8.random(in: 0...255, using: &generator)
                }
                if Bool.random(using: &generator) { frame += (0..<Int.random(in: 0...8, using: &generator)).map { UInt8($0) } }
                if frame.count > 14, Int.random(in: 0..<4, using: &generator) == 0 {
                    frame.removeLast(Int.random(in: 1..<(frame.count - 12), using: &generator))
                }
                withBigEndian(UInt32(frame.count - 4)) { frame.replaceSubrange(0..<4, with: $0) }
                withBigEndian(id) { frame.replaceSubrange(8..<12, with: $0) }
                sent += frame
            }
            // In pieces that know nothing of frames.
            var at = 0
            while at < sent.count {
                let end = min(sent.count, at + Int.random(in: 1...2000, using: &generator))
                try await client.send(Array(sent[at..<end]))
                at = end
            }
            let replies = try await client.receive(count)
            #expect(Set(replies.map(\.header.requestID)) == Set(1...UInt32(count)))
            #expect(replies.allSatisfy { $0.code != .internalError })
            #expect(try await client.ask(Requests.empty(.ping)).status == 0)
        }
    }

    @Test("Random bytes never stop the server", arguments: 100..<108 as Range<UInt64>) func random(_ seed: UInt64) async throws {
        try await withServer(limits: ServerLimits(frame: 4096)) { server in
            var generator = Generator(state: seed)
            for _ in 0..<20 {
                let client = try await server.connect()
                let bytes = (0..<Int.random(in: 1...5000, using: &generator)).map { _ in
                    // Mostly small numbers, so that lengths are believable.
                    Bool.random(using: &generator) ? 0 : UInt8.random(in: 0...255, using: &generator)
                }
                try await client.send(bytes)
                client.finishSending()
                while try await client.receive() != nil {}
            }
            let client = try await server.connect()
            #expect(try await client.ask(Requests.empty(.ping)).status == 0)
        }
    }

    private func withBigEndian(_ value: UInt32, _ body: ([UInt8]) -> Void) {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(value)
        body(bytes)
    }
}
