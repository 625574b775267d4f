import KeyStoreContract
import Testing

@Suite("A store that fails")
struct FaultContractTests {
    @Test("holds afterwards exactly what its answer said", arguments: FaultKind.allCases, FaultWrite.all)
    func faults(_ kind: FaultKind, _ write: FaultWrite) async throws {
        try await kind.with { bench in try await write.run(on: bench) }
    }
}
