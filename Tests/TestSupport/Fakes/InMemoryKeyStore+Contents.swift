internal import KeyHierarchy

extension InMemoryKeyStore {
    /// Everything that the store remembers.
    struct Contents {
        var environments: [EnvironmentID: EnvironmentRecord] = [:]
        /// Versions that a repack has retired, and whose wraps are still to be swept.
        var retired: [EnvironmentID: Set<EnvironmentKeyVersion>] = [:]
        var keys: [KeyID: KeyRecord] = [:]
        /// Those without a receipt, oldest first.
        var erasures: [ErasureRecord] = []
        /// What each of them takes.
        var erasureKeys: [ErasureID: Set<KeyID>] = [:]
        var tombstones: [KeyID: Tombstone] = [:]
        var receipts: [SignedReceipt] = []
        var tick: ClockTick?
        var calls: [String: Int] = [:]
        var failure: KeyStoreError?
        var failures: [String: KeyStoreError] = [:]

        /// Changes an environment's record.
        /// - Throws: `.missing`.
        mutating func change<R>(
            _ environment: EnvironmentID, _ body: (inout EnvironmentRecord) throws(KeyStoreError) -> R
        ) throws(KeyStoreError) -> R {
            guard var record = environments[environment] else { throw .noEnvironment }
            let result = try body(&record)
            environments[environment] = record
            return result
        }

        func versions(of environment: EnvironmentID) -> [EnvironmentKeyRecord] {
            guard let record = environments[environment] else { return [] }
            return (record.olderEnvironmentKeys + [record.environmentKey]).sorted { $0.version < $1.version }
        }

        func census(of environment: EnvironmentID) -> [CensusEntry] {
            let keys = keys(of: environment)
            return versions(of: environment).map { version in
                CensusEntry(
                    version: version.version, mainKey: version.mainKey, generation: version.generation,
                    keys: keys.count { $0.hasWrap(under: version.version) })
            }
        }

        func keys(of environment: EnvironmentID) -> [KeyRecord] { keys.values.filter { $0.environment == environment } }

        /// A key without its wraps of retired versions.
        func visible(_ key: KeyRecord) -> KeyRecord {
            guard let retired = retired[key.environment] else { return key }
            var key = key
            key.wraps.removeAll { retired.contains($0.version) }
            return key
        }
    }
}

extension KeyStoreError {
    static let noEnvironment = Self(.missing, "There is no such environment.", remedy: "")
    static let noRepack = Self(.missing, "There is no such repack.", remedy: "")
    static let noMainKey = Self(.missing, "There is no such main key.", remedy: "")
    static let noVersion = Self(.missing, "There is no such version of the environment's key.", remedy: "")
    static let noErasure = Self(.missing, "There is no such erasure under way.", remedy: "")
}

extension EnvironmentContents {
    init(counting keys: [KeyRecord]) {
        let hours = keys.compactMap { $0.hourly?.hour }
        self.init(
            hourlyKeys: hours.count, connectionKeys: keys.count { $0.purpose.kind == .connection },
            logKeys: keys.count { $0.purpose.kind == .log }, firstHour: hours.min(), lastHour: hours.max())
    }
}

extension KeyRecord {
    var hourly: HourlyKey? { if case .hourly(let key) = purpose { key } else { nil } }
    var connection: (name: String, version: UInt32)? {
        if case .connection(let name, let version) = purpose { (name, version) } else { nil }
    }
    var logVersion: UInt32? { if case .log(let version) = purpose { version } else { nil } }

    func hasWrap(under version: EnvironmentKeyVersion) -> Bool { wraps.contains { $0.version == version } }

    mutating func set(_ state: HourlyKey.State) {
        guard var key = hourly else { return }
        key.state = state
        purpose = .hourly(key)
    }
}
