internal import Cryptography
package import KeyHierarchy

/// A key store without a disk, which behaves as the contract says; calls can be counted, and made to fail.
package final class InMemoryKeyStore: KeyStore {
    private struct Contents {
        var environments: [EnvironmentID: EnvironmentRecord] = [:]
        var versions: [EnvironmentID: [EnvironmentKeyRecord]] = [:]
        var keys: [KeyID: KeyRecord] = [:]
        var calls: [String: Int] = [:]
        var failure: KeyStoreError?
    }

    private let contents = Lock(Contents())

    package init() {}

    /// How often an operation was called, by the name of its function.
    package func calls(_ operation: String) -> Int { contents.withLock { $0.calls[operation] ?? 0 } }

    /// Every further call fails so, until nil is set.
    package func fail(with error: KeyStoreError?) { contents.withLock { $0.failure = error } }

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
        contents.withLock { $0.keys.values.filter { $0.environment == environment } }.sorted { $0.createdAt < $1.createdAt }
    }

    private func access<R: Sendable>(
        _ operation: String, _ body: (inout Contents) throws(KeyStoreError) -> R
    ) throws(KeyStoreError) -> R {
        try contents.withLock { (contents: inout sending Contents) throws(KeyStoreError) -> R in
            contents.calls[operation, default: 0] += 1
            if let failure = contents.failure { throw failure }
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
            contents.versions[environment.identity.id] = [environment.environmentKey]
        }
    }

    package func delete(_ environment: EnvironmentID) async throws(KeyStoreError) {
        try access("delete") { contents throws(KeyStoreError) in
            guard contents.environments.removeValue(forKey: environment) != nil else {
                throw KeyStoreError(.missing, "There is no such environment.", remedy: "")
            }
            contents.versions[environment] = nil
            contents.keys = contents.keys.filter { $0.value.environment != environment }
        }
    }

    package func environmentKeys(of environment: EnvironmentID) async throws(KeyStoreError) -> [EnvironmentKeyRecord] {
        try access("environmentKeys") { $0.versions[environment] ?? [] }
    }

    package func key(_ id: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try access("key") { contents in contents.keys[id].flatMap { $0.environment == environment ? $0 : nil } }
    }

    package func activeHourlyKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try access("activeHourlyKey") { contents in contents.keys.values.first { $0.environment == environment && $0.isActiveHourly } }
    }

    package func connectionKey(_ connection: String, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try access("connectionKey") { contents in
            contents.keys.values.filter { $0.environment == environment && $0.connection?.name == connection }
                .max { ($0.connection?.version ?? 0) < ($1.connection?.version ?? 0) }
        }
    }

    package func logKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try access("logKey") { contents in
            contents.keys.values.filter { $0.environment == environment && $0.logVersion != nil }
                .max { ($0.logVersion ?? 0) < ($1.logVersion ?? 0) }
        }
    }

    package func insert(_ key: KeyRecord) async throws(KeyStoreError) -> KeyRecord {
        try access("insert") { contents in
            let siblings = contents.keys.values.filter { $0.environment == key.environment }
            if let other = siblings.first(where: { $0.serves(key.purpose) }) { return other }
            if key.isActiveHourly {
                for sibling in siblings where sibling.isActiveHourly { contents.keys[sibling.id]?.close() }
            }
            contents.keys[key.id] = key
            return key
        }
    }

    package func census(of environment: EnvironmentID) async throws(KeyStoreError) -> [CensusEntry] {
        try access("census") { contents in
            let keys = contents.keys.values.filter { $0.environment == environment }
            return (contents.versions[environment] ?? []).map { version in
                CensusEntry(
                    version: version.version, mainKey: version.mainKey, generation: version.generation,
                    keys: keys.count { $0.wraps.contains { $0.version == version.version } })
            }
        }
    }

    package func contents(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentContents {
        try access("contents") { contents in
            let purposes = contents.keys.values.filter { $0.environment == environment }.map(\.purpose)
            let hours = purposes.compactMap { if case .hourly(let key) = $0 { key.hour } else { nil } }
            return EnvironmentContents(
                hourlyKeys: hours.count, connectionKeys: purposes.count { $0.kind == .connection },
                logKeys: purposes.count { $0.kind == .log }, firstHour: hours.min(), lastHour: hours.max())
        }
    }
}

extension KeyRecord {
    fileprivate var isActiveHourly: Bool { if case .hourly(let key) = purpose { key.state == .active } else { false } }
    fileprivate var connection: (name: String, version: UInt32)? {
        if case .connection(let name, let version) = purpose { (name, version) } else { nil }
    }
    fileprivate var logVersion: UInt32? { if case .log(let version) = purpose { version } else { nil } }

    /// Whether this key already does what `other` was made for.
    fileprivate func serves(_ other: Purpose) -> Bool {
        switch (purpose, other) {
        case (.hourly(let mine), .hourly(let theirs)): mine.state == .active && theirs.state == .active && mine.hour == theirs.hour
        case (.connection, .connection), (.log, .log): purpose == other
        default: false
        }
    }

    fileprivate mutating func close() {
        guard case .hourly(var key) = purpose else { return }
        key.state = .inactive
        purpose = .hourly(key)
    }
}
