package import KeyHierarchy

extension InMemoryKeyStore {
    package func repackBatch(
        of environment: EnvironmentID, to target: EnvironmentKeyVersion, after cursor: KeyID?, limit: Int
    ) async throws(KeyStoreError) -> RepackBatch {
        try await reading("repackBatch") { contents in
            guard let held = contents.environments[environment] else { return RepackBatch(items: [], cursor: nil) }
            var batch = RepackBatch(items: [], cursor: nil)
            for id in held.ids[(cursor.map { held.place(after: $0) } ?? 0)...] {
                guard batch.items.count < limit, let key = contents.visible(id, in: held) else { break }
                batch.cursor = id
                guard !key.wraps.contains(where: { $0.version == target }) else { continue }
                batch.items.append(RepackBatch.Item(key: id, kind: key.purpose.kind, wraps: key.wraps))
            }
            return batch
        }
    }

    package func move(
        _ keys: [MovedKey], of environment: EnvironmentID, to target: EnvironmentKeyVersion, cursor: KeyID?
    ) async throws(KeyStoreError) -> RepackRecord {
        try await writing("move") { contents throws(KeyStoreError) in
            guard var repack = contents.environments[environment]?.record.repack, repack.target == target, repack.state == .running else {
                throw .noRepack
            }
            for key in keys {
                let wrap = Wrap(version: target, bytes: key.bytes)
                if contents.environments[environment]?.addWrap(wrap, to: key.key) ?? false { repack.moved += 1 }
            }
            repack.cursor = cursor
            contents.environments[environment]?.record.repack = repack
            return repack
        }
    }

    package func sweepRetired(of environment: EnvironmentID, limit: Int) async throws(KeyStoreError) -> Sweep {
        try await writing("sweepRetired") { contents in
            guard contents.environments[environment]?.retired.isEmpty == false else { return .idle }
            return contents.environments[environment]?.sweep(limit: limit) ?? .idle
        }
    }
}

extension InMemoryKeyStore.Environment {
    fileprivate mutating func sweep(limit: Int) -> Sweep {
        var rest = limit
        while sweptTo < ids.count {
            rest -= sweepWraps(of: ids[sweptTo], atMost: rest)
            guard rest > 0 else { return .more }
            sweptTo += 1
        }
        retired = []
        sweptTo = 0
        return .ended
    }
}
