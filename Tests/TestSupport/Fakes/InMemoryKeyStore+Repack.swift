package import KeyHierarchy

extension InMemoryKeyStore {
    package func repackBatch(
        of environment: EnvironmentID, to target: EnvironmentKeyVersion, after cursor: KeyID?, limit: Int
    ) async throws(KeyStoreError) -> RepackBatch {
        try access("repackBatch") { contents in
            let keys = contents.keys(of: environment).filter { key in !key.hasWrap(under: target) && cursor.map { $0 < key.id } ?? true }
                .sorted { $0.id < $1.id }.prefix(limit)
            return RepackBatch(
                items: keys.map { RepackBatch.Item(key: $0.id, kind: $0.purpose.kind, wraps: contents.visible($0).wraps) },
                cursor: keys.last?.id)
        }
    }

    package func move(
        _ keys: [MovedKey], of environment: EnvironmentID, to target: EnvironmentKeyVersion, cursor: KeyID?
    ) async throws(KeyStoreError) -> RepackRecord {
        try access("move") { contents throws(KeyStoreError) in
            guard var repack = contents.environments[environment]?.repack, repack.target == target else { throw .noRepack }
            for key in keys {
                guard let record = contents.keys[key.key], record.environment == environment, !record.hasWrap(under: target) else {
                    continue
                }
                contents.keys[key.key]?.wraps.append(Wrap(version: target, bytes: key.bytes))
                repack.moved += 1
            }
            repack.cursor = cursor
            contents.environments[environment]?.repack = repack
            return repack
        }
    }

    package func setRepackState(_ state: RepackRecord.State, of environment: EnvironmentID) async throws(KeyStoreError) {
        try access("setRepackState") { contents throws(KeyStoreError) in
            guard contents.environments[environment]?.repack != nil else { throw .noRepack }
            contents.environments[environment]?.repack?.state = state
        }
    }

    package func finishRepack(of environment: EnvironmentID) async throws(KeyStoreError) -> Int {
        try access("finishRepack") { contents throws(KeyStoreError) in
            guard let target = contents.environments[environment]?.repack?.target else { throw .noRepack }
            let lacking = contents.keys(of: environment).count { !$0.hasWrap(under: target) }
            guard lacking == 0 else {
                contents.environments[environment]?.repack?.cursor = nil
                return lacking
            }
            contents.retire(contents.versions(of: environment).map(\.version).filter { $0 != target }, of: environment)
            contents.environments[environment]?.repack = nil
            return 0
        }
    }

    package func cancelRepack(of environment: EnvironmentID, at now: WallTime) async throws(KeyStoreError) -> Int {
        try access("cancelRepack") { contents throws(KeyStoreError) in
            guard let record = contents.environments[environment], let repack = record.repack,
                let previous = record.environmentKey(repack.previous), let mainKey = record.mainKey(previous.mainKey)
            else { throw .noRepack }
            guard repack.cause == .replacement else {
                throw KeyStoreError(.failed, "Only the repack of a replacement can be cancelled.", remedy: "Let it go on.")
            }
            let keys = contents.keys(of: environment).map { contents.visible($0) }
            let lacking = keys.count { !$0.wraps.contains { $0.version != repack.target } }
            guard lacking == 0 else { return lacking }
            try contents.change(environment) { record throws(KeyStoreError) in
                record.olderEnvironmentKeys.removeAll { $0.version == repack.previous }
                record.olderEnvironmentKeys.append(record.environmentKey)
                record.environmentKey = previous
                record.formerMainKeys.removeAll { $0.id == mainKey.id }
                if record.mainKey.id != mainKey.id { record.formerMainKeys.append(record.mainKey) }
                record.mainKey = mainKey
                record.keyFloor = min(record.keyFloor, repack.previous)
                record.repack = nil
            }
            contents.retire([repack.target], of: environment)
            guard let other = contents.environments[environment]?.olderEnvironmentKeys.last?.version else { return 0 }
            contents.environments[environment]?.repack = RepackRecord(
                target: repack.previous, previous: other, cause: .rotation, startedAt: now,
                total: keys.count { !$0.hasWrap(under: repack.previous) })
            return 0
        }
    }

    package func sweepRetired(of environment: EnvironmentID, limit: Int) async throws(KeyStoreError) -> Bool {
        try access("sweepRetired") { contents in
            guard let retired = contents.retired[environment] else { return false }
            var rest = limit
            for key in contents.keys(of: environment) {
                let wraps = key.wraps.filter { retired.contains($0.version) }.prefix(rest)
                contents.keys[key.id]?.wraps.removeAll(where: wraps.contains)
                rest -= wraps.count
                guard rest > 0 else { return true }
            }
            contents.retired[environment] = nil
            return false
        }
    }
}

extension InMemoryKeyStore.Contents {
    fileprivate mutating func retire(_ versions: [EnvironmentKeyVersion], of environment: EnvironmentID) {
        retired[environment, default: []].formUnion(versions)
        environments[environment]?.olderEnvironmentKeys.removeAll { versions.contains($0.version) }
        let named = Set((environments[environment]?.olderEnvironmentKeys ?? []).map(\.mainKey))
        environments[environment]?.formerMainKeys.removeAll { !named.contains($0.id) }
    }
}
