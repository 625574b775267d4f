import KeyHierarchy
import TestSupport
import Testing

@testable import Keyring

@Suite("What is dropped again and again")
struct MemoryGrowthTests {
    @Test("leaves nothing in memory of the one who drops it") func drops() async throws {
        let fixture = try KeyringFixture()
        let environment = try await fixture.warmEnvironment("acme/prod")
        let count = Guarded(0)
        fixture.hierarchies.keeper.onDropCiphers { _ in count.with { $0 += 1 } }
        let growth = try await residentGrowth {
            for _ in 0..<20_000 { await fixture.hierarchies.keeper.dropCiphers(of: environment) }
        }
        #expect(count.with { $0 } == 20_000)
        #expect(growth < 256 << 10)
    }
}
