package import KeyHierarchy

/// One thing that every key store does. It is given an empty store, and records what is wrong as an issue of the test that runs it.
package struct ContractCase: Sendable, CustomStringConvertible {
    package let description: String
    private let body: @Sendable (any KeyStore) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (any KeyStore) async throws -> Void) {
        description = name
        self.body = body
    }

    package func run(on store: any KeyStore) async throws { try await body(store) }

    package static let all =
        BasicContract.cases + RevisionContract.cases + MainKeyContract.cases + LockContract.cases + HourlyKeyContract.cases
        + DoubtContract.cases + RepackContract.cases + CancelContract.cases + ErasureContract.cases
}
