package import KeyHierarchy

extension InMemoryKeyStore {
    package func environment(_ id: EnvironmentID) async throws(KeyStoreError) -> EnvironmentRecord? {
        try access("environment") { $0.environments[id] }
    }

    package func adopt(_ adoption: Adoption, of environment: EnvironmentID) async throws(KeyStoreError) {
        try access("adopt") { contents throws(KeyStoreError) in
            let total = contents.keys(of: environment).count
            try contents.change(environment) { record throws(KeyStoreError) in
                guard adoption.environmentKey.version > record.newestVersion else {
                    throw KeyStoreError(.exists, "The environment's key has had that version.", remedy: "Read it again.")
                }
                record.newestVersion = adoption.environmentKey.version
                record.olderEnvironmentKeys.append(record.environmentKey)
                record.environmentKey = adoption.environmentKey
                if let mainKey = adoption.mainKey {
                    record.formerMainKeys.append(record.mainKey)
                    record.mainKey = mainKey
                    record.pendingMainKey = nil
                }
                record.replacedAt = adoption.replacedAt ?? record.replacedAt
                record.keyFloor = adoption.keyFloor ?? record.keyFloor
                record.repack = adoption.repack
                record.repack?.total = total
            }
        }
    }

    package func rewrap(_ key: EnvironmentKeyRecord, of environment: EnvironmentID) async throws(KeyStoreError) {
        func renew(_ old: inout EnvironmentKeyRecord) {
            old.wrapped = key.wrapped
            old.generation = key.generation
            old.wrappedAt = key.wrappedAt
        }
        try access("rewrap") { contents throws(KeyStoreError) in
            try contents.change(environment) { record throws(KeyStoreError) in
                if record.environmentKey.version == key.version {
                    renew(&record.environmentKey)
                } else if let place = record.olderEnvironmentKeys.firstIndex(where: { $0.version == key.version }) {
                    renew(&record.olderEnvironmentKeys[place])
                } else {
                    throw .noVersion
                }
            }
        }
    }

    package func setPending(_ mainKey: MainKeyRecord?, of environment: EnvironmentID) async throws(KeyStoreError) {
        try access("setPending") { contents throws(KeyStoreError) in
            try contents.change(environment) { $0.pendingMainKey = mainKey }
        }
    }

    package func setMaterial(_ sealed: [UInt8]?, of mainKey: MainKeyID, in environment: EnvironmentID) async throws(KeyStoreError) {
        try access("setMaterial") { contents throws(KeyStoreError) in
            try contents.change(environment) { record throws(KeyStoreError) in
                if record.mainKey.id == mainKey {
                    record.mainKey.sealedMaterial = sealed
                } else if record.pendingMainKey?.id == mainKey {
                    record.pendingMainKey?.sealedMaterial = sealed
                } else if let place = record.formerMainKeys.firstIndex(where: { $0.id == mainKey }) {
                    record.formerMainKeys[place].sealedMaterial = sealed
                } else {
                    throw .noMainKey
                }
            }
        }
    }

    package func setLock(_ lock: EnvironmentLock?, of environment: EnvironmentID) async throws(KeyStoreError) {
        try access("setLock") { contents throws(KeyStoreError) in try contents.change(environment) { $0.lock = lock } }
    }

    package func setRetention(_ retention: Retention, of environment: EnvironmentID) async throws(KeyStoreError) {
        try access("setRetention") { contents throws(KeyStoreError) in try contents.change(environment) { $0.retention = retention } }
    }

    package func clockTick() async throws(KeyStoreError) -> ClockTick? { try access("clockTick") { $0.tick } }

    package func keep(_ tick: ClockTick) async throws(KeyStoreError) { try access("keep") { $0.tick = tick } }
}
