import EKMWire
import TestSupport
import Testing

@Suite("What is asked again and again")
struct MemoryGrowthTests {
    private static let rounds = 5_000

    @Test("leaves nothing in the daemon's memory") func reports() async throws {
        let requests = [Requests.named(.showEnvironment, "acme/prod"), Requests.empty(.status)]
        try await withServer(loops: 1) { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let ask = { (rounds: Int) in
                for _ in 0..<rounds {
                    for request in requests { try #require(try await client.ask(request).error == nil) }
                }
            }
            try await ask(100)
            let growth = try await residentGrowth { try await ask(Self.rounds) }
            #expect(growth < 100 * Self.rounds)
        }
    }
}
