package import KeyHierarchy

extension InMemoryKeyStore {
    package func key(_ id: KeyID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await reading("key") { $0.visible(id, in: $0.environments[environment]) }
    }

    package func hourlyKey(
        of environment: EnvironmentID, for hour: Hour, floor: EnvironmentKeyVersion, inDoubt: Bool
    ) async throws(KeyStoreError) -> KeyRecord? {
        try await reading("hourlyKey") { contents in
            guard let held = contents.environments[environment] else { return nil }
            if inDoubt, contents.openDoubt == nil { return nil }
            let doubt = inDoubt ? contents.openDoubt : nil
            return contents.visible(held.hourlyKey(for: hour, floor: floor, doubt: doubt), in: held)
        }
    }

    package func connectionKey(_ connection: ConnectionID, of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await reading("connectionKey") { contents in
            guard let held = contents.environments[environment] else { return nil }
            return contents.visible(held.connections[connection]?.max { $0.key < $1.key }?.value, in: held)
        }
    }

    package func logKey(of environment: EnvironmentID) async throws(KeyStoreError) -> KeyRecord? {
        try await reading("logKey") { contents in
            guard let held = contents.environments[environment] else { return nil }
            return contents.visible(held.logs.max { $0.key < $1.key }?.value, in: held)
        }
    }

    package func insert(_ key: KeyRecord) async throws(KeyStoreError) -> KeyRecord {
        try key.check()
        return try await writing("insert") { contents throws(KeyStoreError) in
            guard let held = contents.environments[key.environment] else { throw .noEnvironment }
            if let damage = held.record.damage { throw KeyStoreError(.damaged, damage, remedy: "") }
            guard held.tombstones[key.id] == nil else {
                throw KeyStoreError(.exists, "A key of this id was erased.", remedy: "Make another.")
            }
            guard held.record.keyFloor == key.floor, key.born >= key.floor else {
                throw KeyStoreError(.stale, "Keys of its version encrypt nothing more.", remedy: "Make another.")
            }
            if let other = contents.server(of: key, in: held) { return contents.visible(other, in: held) }
            var kept = key
            let versions = Set(held.record.versions.map(\.version))
            kept.wraps.removeAll { !versions.contains($0.version) }
            guard !kept.wraps.isEmpty else { throw .noVersion }
            kept.createdAt = contents.numbered(key.createdAt)
            contents.environments[key.environment]?.add(kept)
            return kept
        }
    }
}

extension InMemoryKeyStore.Contents {
    /// The stored key that serves the new one's purpose already.
    fileprivate func server(of key: KeyRecord, in environment: InMemoryKeyStore.Environment) -> KeyRecord? {
        if let same = environment.keys[key.id] { return same }
        let id: KeyID?
        switch key.purpose {
        case .hourly(let hour):
            var doubt: UInt32?
            if let given = key.createdAt.doubt {
                guard let number = given.number > 0 ? given.number : openDoubt else { return nil }
                doubt = number
            }
            id = environment.hourlyKey(for: hour, floor: key.floor, doubt: doubt)
        case .connection(let connection, let version): id = environment.connections[connection]?[version]
        case .log(let version): id = environment.logs[version]
        }
        return id.flatMap { environment.keys[$0] }
    }
}
