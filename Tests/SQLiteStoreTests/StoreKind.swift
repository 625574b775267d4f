import KeyHierarchy
import KeyStoreContract
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
            let store = try state.open()
            let result = try await body(store)
            try store.close()
            return result
        }
    }
}
