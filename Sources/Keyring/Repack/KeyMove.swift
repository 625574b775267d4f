internal import Cryptography
internal import KeyHierarchy

/// The cryptography of one batch of a repack: unwraps keys with the versions that they hang under, and wraps them with the target.
struct KeyMove: Sendable {
    let sources: [EnvironmentKeyVersion: EnvironmentKey]
    let target: EnvironmentKey
    let environment: EnvironmentID

    @inline(never)
    func move(_ items: [RepackBatch.Item]) -> Result<[MovedKey], HierarchyError> {
        var moved: [MovedKey] = []
        moved.reserveCapacity(items.count)
        do throws(CryptographyError) {
            for (version, source) in sources {
                let mine = items.filter { $0.wraps.first { sources[$0.version] != nil }?.version == version }
                let done = try target.withWrapper { (new: KeyWrapper) throws(CryptographyError) -> [MovedKey]? in
                    try source.withWrapper { (old: KeyWrapper) throws(CryptographyError) -> [MovedKey] in
                        try rewrap(mine, from: version, old, new)
                    }
                }
                guard let done, let done else { return .failure(.wipedMeanwhile) }
                moved += done
            }
        } catch {
            guard error.code == .cannotOpen else { return .failure(HierarchyError(error)) }
            return .failure(
                HierarchyError(
                    .damaged, "A key's wrap does not open, though its environment's key is the right one: the store was changed.",
                    remedy: "Restore the store from a backup; the repack waits, and nothing was dropped."))
        }
        return .success(moved)
    }

    @inline(never)
    private func rewrap(
        _ items: [RepackBatch.Item], from version: EnvironmentKeyVersion, _ old: KeyWrapper, _ new: KeyWrapper
    ) throws(CryptographyError) -> [MovedKey] {
        var moved: [MovedKey] = []
        moved.reserveCapacity(items.count)
        for item in items {
            guard let wrap = item.wraps.first(where: { $0.version == version }) else { continue }
            moved.append(MovedKey(key: item.key, bytes: try rewrap(item, wrap, old, new)))
        }
        return moved
    }

    @inline(never)
    private func rewrap(
        _ item: RepackBatch.Item, _ wrap: Wrap, _ old: KeyWrapper, _ new: KeyWrapper
    ) throws(CryptographyError) -> [UInt8] {
        let from = WrapPlace.stored(item.kind, item.key, in: environment, under: wrap.version)
        let to = WrapPlace.stored(item.kind, item.key, in: environment, under: target.version)
        let bytes = wrap.bytes
        let secret = try unsafe old.unwrap(bytes.span.bytes, place: from)
        return try new.wrap(secret, place: to)
    }
}
