package import KeyHierarchy

extension InMemoryKeyStore {
    package func key(_ id: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try access("key") { contents in contents.keys[id].flatMap { $0.environment == environment ? contents.visible($0) : nil } }
    }

    package func activeHourlyKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try access("activeHourlyKey") { contents in
            contents.keys(of: environment).first { $0.hourly?.state == .active }.map { contents.visible($0) }
        }
    }

    package func upcomingHourlyKey(of environment: EnvironmentID, for hour: Hour) async throws(KeyStoreError) -> KeyRecord? {
        try access("upcomingHourlyKey") { contents in
            contents.keys(of: environment).first { $0.hourly == HourlyKey(hour: hour, state: .upcoming) }.map { contents.visible($0) }
        }
    }

    package func connectionKey(_ connection: String, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try access("connectionKey") { contents in
            contents.keys(of: environment).filter { $0.connection?.name == connection }
                .max { ($0.connection?.version ?? 0) < ($1.connection?.version ?? 0) }.map { contents.visible($0) }
        }
    }

    package func logKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try access("logKey") { contents in
            contents.keys(of: environment).filter { $0.logVersion != nil }.max { ($0.logVersion ?? 0) < ($1.logVersion ?? 0) }
                .map { contents.visible($0) }
        }
    }

    package func insert(_ key: KeyRecord) async throws(KeyStoreError) -> KeyRecord {
        try access("insert") { contents throws(KeyStoreError) in
            guard let environment = contents.environments[key.environment] else { throw .noEnvironment }
            guard contents.tombstones[key.id] == nil else {
                throw KeyStoreError(.exists, "A key of this id was erased.", remedy: "Make another.")
            }
            var key = key
            let versions = Set(contents.versions(of: key.environment).map(\.version))
            key.wraps.removeAll { !versions.contains($0.version) }
            let siblings = contents.keys(of: key.environment)
            // Closed below, because they no longer do what they were made for.
            func isStale(_ sibling: KeyRecord) -> Bool { sibling.hourly != nil && sibling.born < environment.keyFloor }
            if let other = siblings.first(where: { [key] in $0.serves(key) && !isStale($0) }) { return contents.visible(other) }
            guard !key.wraps.isEmpty else { throw .noVersion }
            for sibling in siblings where sibling.serves(key) || sibling.isClosed(by: key) { contents.keys[sibling.id]?.set(.inactive) }
            contents.keys[key.id] = key
            return key
        }
    }

    package func activateHourlyKey(_ key: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) {
        try access("activateHourlyKey") { contents throws(KeyStoreError) in
            guard var record = contents.keys[key], record.environment == environment, let hourly = record.hourly else {
                throw KeyStoreError(.missing, "There is no such hourly key.", remedy: "")
            }
            guard hourly.state == .upcoming else { return }
            record.set(.active)
            for sibling in contents.keys(of: environment) where sibling.id != key && sibling.isClosed(by: record) {
                contents.keys[sibling.id]?.set(.inactive)
            }
            contents.keys[key] = record
        }
    }
}

extension KeyRecord {
    /// Whether this key already does what `other` was made for.
    fileprivate func serves(_ other: KeyRecord) -> Bool {
        if id == other.id { return true }
        return switch (purpose, other.purpose) {
        case (.hourly(let mine), .hourly(let theirs)): mine.state != .inactive && mine == theirs
        case (.connection, .connection), (.log, .log): purpose == other.purpose
        default: false
        }
    }

    /// Whether this hourly key is closed when `other` becomes active.
    fileprivate func isClosed(by other: KeyRecord) -> Bool {
        guard let mine = hourly, let theirs = other.hourly, theirs.state == .active else { return false }
        return mine.state == .active || mine.state == .upcoming && mine.hour <= theirs.hour
    }
}
