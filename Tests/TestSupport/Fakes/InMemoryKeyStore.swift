import Bedrock
package import KeyHierarchy

/// A key store without a disk, which behaves as the contract says; calls can be counted, and made to fail.
package final class InMemoryKeyStore: KeyStore {
    private let contents = Lock(Contents())

    package init() {}

    /// How often an operation was called, by the name of its function.
    package func calls(_ operation: String) -> Int { contents.withLock { $0.calls[operation] ?? 0 } }

    /// Every further call fails so, until nil is set.
    package func fail(with error: KeyStoreError?) { contents.withLock { $0.failure = error } }

    /// Every further call of one operation, by the name of its function, fails so, until nil is set.
    package func fail(_ operation: String, with error: KeyStoreError?) { contents.withLock { $0.failures[operation] = error } }

    /// Changes an environment's record as a forger with the root key would.
    package func change(_ environment: EnvironmentID, _ body: @Sendable (inout EnvironmentRecord) -> Void) {
        contents.withLock { contents in
            guard var record = contents.environments[environment] else { return }
            body(&record)
            contents.environments[environment] = record
        }
    }

    /// Every stored key of an environment, oldest first.
    package func keys(of environment: EnvironmentID) -> [KeyRecord] {
        contents.withLock { contents in contents.keys(of: environment).map { contents.visible($0) } }.sorted { $0.createdAt < $1.createdAt }
    }

    func access<R: Sendable>(_ operation: String, _ body: (inout Contents) throws(KeyStoreError) -> R) throws(KeyStoreError) -> R {
        try contents.withLock { (contents: inout sending Contents) throws(KeyStoreError) -> R in
            contents.calls[operation, default: 0] += 1
            if let failure = contents.failures[operation] ?? contents.failure { throw failure }
            return try body(&contents)
        }
    }

    package func environments() async throws(KeyStoreError) -> [EnvironmentRecord] {
        try access("environments") { $0.environments.values.sorted { $0.identity.name < $1.identity.name } }
    }

    package func create(_ environment: EnvironmentRecord) async throws(KeyStoreError) {
        try access("create") { contents throws(KeyStoreError) in
            guard !contents.environments.values.contains(where: { $0.identity.name == environment.identity.name }) else {
                throw KeyStoreError(.exists, "The name is taken.", remedy: "Choose another.")
            }
            contents.environments[environment.identity.id] = environment
        }
    }

    package func delete(_ environment: EnvironmentID) async throws(KeyStoreError) {
        try access("delete") { contents throws(KeyStoreError) in
            guard contents.environments.removeValue(forKey: environment) != nil else { throw .noEnvironment }
            contents.retired[environment] = nil
            contents.keys = contents.keys.filter { $0.value.environment != environment }
            contents.erasures = contents.erasures.filter { $0.environment != environment }
            contents.tombstones = contents.tombstones.filter { $0.value.environment != environment }
        }
    }

    package func defect() async throws(KeyStoreError) -> String? { try access("defect") { _ in nil } }

    package func overview(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentOverview? {
        try access("overview") { contents in
            contents.environments[environment].map {
                EnvironmentOverview(
                    record: $0, census: contents.census(of: environment),
                    contents: EnvironmentContents(counting: contents.keys(of: environment)))
            }
        }
    }

    package func contents(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentContents {
        try access("contents") { EnvironmentContents(counting: $0.keys(of: environment)) }
    }
}
