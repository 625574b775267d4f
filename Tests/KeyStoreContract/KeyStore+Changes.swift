package import KeyHierarchy
import Testing

/// Changes that are decided on the record as it is now.
extension KeyStore {
    /// The host's clock, of a store that belongs to one.
    var ledger: any ClockLedger { get throws { try #require(self as? any ClockLedger) } }

    @discardableResult
    package func make(_ change: EnvironmentChange, of environment: EnvironmentID) async throws(KeyStoreError) -> AppliedChange {
        let revision = try await self.environment(environment)?.revision ?? .first
        return try await apply(change, to: environment, from: revision)
    }

    package func adopt(_ adoption: Adoption, of environment: EnvironmentID) async throws(KeyStoreError) {
        try await make(.adopt(adoption), of: environment)
    }

    package func rewrap(_ key: EnvironmentKeyRecord, of environment: EnvironmentID) async throws(KeyStoreError) {
        try await make(.rewrap(key), of: environment)
    }

    package func setPending(_ pending: PendingMainKey?, of environment: EnvironmentID) async throws(KeyStoreError) {
        try await make(.setPending(pending), of: environment)
    }

    package func setMaterial(_ sealed: [UInt8]?, of mainKey: MainKeyID, in environment: EnvironmentID) async throws(KeyStoreError) {
        try await make(.setMaterial(sealed, of: mainKey), of: environment)
    }

    package func setRepackState(_ state: RepackRecord.State, of environment: EnvironmentID) async throws(KeyStoreError) {
        try await make(.setRepackState(state), of: environment)
    }

    package func finishRepack(of environment: EnvironmentID) async throws(KeyStoreError) {
        try await make(.finishRepack, of: environment)
    }

    package func cancelRepack(of environment: EnvironmentID, at now: WallTime) async throws(KeyStoreError) {
        try await make(.cancelRepack(at: now), of: environment)
    }

    package func begin(_ erasure: ErasureRecord) async throws(KeyStoreError) {
        try await make(.erase(erasure), of: erasure.environment)
    }

    package func delete(_ environment: EnvironmentID) async throws(KeyStoreError) {
        try await make(.delete, of: environment)
    }

    package func census(of environment: EnvironmentID) async throws(KeyStoreError) -> [CensusEntry] {
        try await overview(of: environment)?.census ?? []
    }

    /// All versions of the environment's key, oldest first.
    package func environmentKeys(of environment: EnvironmentID) async throws(KeyStoreError) -> [EnvironmentKeyRecord] {
        (try await self.environment(environment)?.versions ?? []).sorted { $0.version < $1.version }
    }

    /// The key that encrypts in an hour, while the clock is believed and no main key was replaced.
    package func hourlyKey(of environment: EnvironmentID, for hour: UInt32, floor: UInt32 = 1) async throws(KeyStoreError) -> KeyRecord? {
        try await hourlyKey(of: environment, for: Hour(number: hour), floor: Samples.version(floor), inDoubt: false)
    }

    /// An environment to work on.
    package func newEnvironment(_ name: String = "acme/prod") async throws -> EnvironmentRecord {
        let environment = try Samples.environment(name)
        try await create(environment)
        return environment
    }
}

/// How many keys a change would have left without a wrap; nil where it was not refused for that.
func keysLeft(_ change: () async throws -> Void) async -> Int? {
    do {
        try await change()
        return nil
    } catch { return (error as? KeyStoreError).flatMap { $0.code == .wouldLose ? $0.count : nil } }
}

extension KeyStoreError {
    /// Equal to every error of that code.
    package static func any(_ code: Code) -> Self { Self(code, "", remedy: "") }
}
