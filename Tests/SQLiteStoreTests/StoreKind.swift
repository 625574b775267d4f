import KeyHierarchy
import SQLiteStore
import TestSupport
import Testing

/// The stores that must keep the contract.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case sqlite = "SQLite on disk"
    case memory = "in memory"

    var testDescription: String { rawValue }

    func with<R>(_ body: (any KeyStore) async throws -> R) async throws -> R {
        switch self {
        case .memory: return try await body(InMemoryKeyStore())
        case .sqlite:
            let state = try StateDirectory()
            let store = try SQLiteStore.open(in: state.path, rootKey: Samples.rootKey())
            let result = try await body(store)
            try store.close()
            return result
        }
    }

    /// A store with one environment.
    func withEnvironment<R>(_ body: (any KeyStore, EnvironmentRecord) async throws -> R) async throws -> R {
        try await with { store in
            let environment = try Samples.environment("acme/prod")
            try await store.create(environment)
            return try await body(store, environment)
        }
    }
}
