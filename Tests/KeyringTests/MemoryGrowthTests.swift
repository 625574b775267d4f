import TestSupport
import Testing

@testable import KeyHierarchy

@Suite("What is dropped again and again")
struct MemoryGrowthTests {
    @Test("leaves nothing in memory of the one who drops it") func drops() async throws {
        let bench = try Bench()
        let environment = try await bench.warmEnvironment("acme/prod")
        let count = Guarded(0)
        bench.keyring.onDrop { _ in count.with { $0 += 1 } }
        let growth = try await residentGrowth {
            for _ in 0..<20_000 { await bench.keyring.dropContexts(of: environment) }
        }
        #expect(count.with { $0 } == 20_000)
        #expect(growth < 256 << 10)
    }
}
