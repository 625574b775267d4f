import KeyHierarchy
import KeyStoreContract
import Testing

@Suite("Every key store")
struct KeyStoreContractTests {
    @Test("keeps the contract", arguments: StoreKind.allCases, ContractCase.all)
    func contract(_ kind: StoreKind, _ contract: ContractCase) async throws {
        try await kind.with { store in try await contract.run(on: store) }
    }
}
