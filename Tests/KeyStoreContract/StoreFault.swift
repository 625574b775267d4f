package import KeyHierarchy

/// Something that befalls a store's writes.
package struct StoreFault: Sendable, CustomStringConvertible {
    package let description: String
    /// What a write may answer meanwhile.
    let codes: Set<KeyStoreError.Code>
    /// Whether a write that keeps something can be done all the same.
    let isPassable: Bool
    let begin: @Sendable () async throws -> Void
    /// Runs beside the write; for one that waits, it looks meanwhile, and then lets it go on.
    let during: @Sendable (_ look: () async throws -> Void) async throws -> Void
    let end: @Sendable () async throws -> Void

    /// One that makes writes fail.
    package init(
        _ description: String, _ codes: KeyStoreError.Code..., begin: @escaping @Sendable () async throws -> Void,
        end: @escaping @Sendable () async throws -> Void
    ) {
        self.description = description
        self.codes = Set(codes)
        self.begin = begin
        self.end = end
        isPassable = false
        during = { _ in }
    }

    /// One that makes writes wait.
    package init(
        slow description: String, begin: @escaping @Sendable () async throws -> Void,
        during: @escaping @Sendable (_ look: () async throws -> Void) async throws -> Void
    ) {
        self.description = description
        self.begin = begin
        self.during = during
        codes = []
        isPassable = true
        end = {}
    }
}

/// A store, and what can befall it.
package struct FaultBench: Sendable {
    let store: any KeyStore
    let fault: StoreFault
    /// What a process finds that starts after this one was killed at this moment.
    let restarted: @Sendable () async throws -> any KeyStore

    package init(_ store: any KeyStore, _ fault: StoreFault, restarted: @escaping @Sendable () async throws -> any KeyStore) {
        self.store = store
        self.fault = fault
        self.restarted = restarted
    }
}
