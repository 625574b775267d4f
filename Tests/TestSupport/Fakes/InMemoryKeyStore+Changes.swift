package import KeyHierarchy

extension InMemoryKeyStore {
    package func apply(
        _ change: EnvironmentChange, to environment: EnvironmentID, from revision: Revision
    ) async throws(KeyStoreError) -> AppliedChange {
        try change.check()
        return try await writing("apply", change.name) { contents throws(KeyStoreError) in
            guard let held = contents.environments[environment]?.record else { throw .noEnvironment }
            if case .delete = change {} else if let damage = held.damage { throw KeyStoreError(.damaged, damage, remedy: "") }
            guard held.revision == revision else { throw KeyStoreError(.stale, "It is at revision \(held.revision).", remedy: "") }
            if case .delete = change {
                contents.delete(environment)
                return AppliedChange(record: nil, isPurgeDue: true)
            }
            var record = held
            let isPurgeDue = try contents.make(change, of: &record)
            record.revision = revision.next
            contents.environments[environment]?.record = record
            contents.tell(environment, record.revision)
            return AppliedChange(record: contents.resolved(record), isPurgeDue: isPurgeDue)
        }
    }
}

extension InMemoryKeyStore.Contents {
    /// Changes the record, and whatever else belongs to the change; nothing at all if it throws.
    /// - Returns: whether bytes are gone that a store on a disk would still have to purge.
    fileprivate mutating func make(_ change: EnvironmentChange, of record: inout EnvironmentRecord) throws(KeyStoreError) -> Bool {
        let id = record.identity.id
        switch change {
        case .adopt(let adoption): return try adopt(adoption, of: &record)
        case .rewrap(let key):
            func renew(_ old: inout EnvironmentKeyRecord) {
                old.wrapped = key.wrapped
                old.generation = key.generation
                old.wrappedAt = key.wrappedAt
                environments[id]?.remember(old)
            }
            if record.environmentKey.version == key.version {
                renew(&record.environmentKey)
            } else if let place = record.olderEnvironmentKeys.firstIndex(where: { $0.version == key.version }) {
                renew(&record.olderEnvironmentKeys[place])
            } else {
                throw .noVersion
            }
            return true
        case .setPending(let pending):
            let isPurgeDue = record.pending?.record.sealedMaterial != nil
            record.pending = pending
            if let pending { record.pending?.record = numbered(pending.record) }
            return isPurgeDue
        case .setMaterial(let sealed, of: let mainKey):
            if record.mainKey.id == mainKey { return replace(&record.mainKey.sealedMaterial, sealed) }
            if var pending = record.pending, pending.record.id == mainKey {
                defer { record.pending = pending }
                return replace(&pending.record.sealedMaterial, sealed)
            }
            guard let place = record.formerMainKeys.firstIndex(where: { $0.id == mainKey }) else { throw .noMainKey }
            return replace(&record.formerMainKeys[place].sealedMaterial, sealed)
        case .lock(let lock):
            guard lock.number > record.newestLock else { throw KeyStoreError(.exists, "There was such a lock.", remedy: "") }
            guard record.locks.count < EnvironmentLock.most else { throw .tooManyLocks }
            record.locks.append(lock)
            record.newestLock = lock.number
            return false
        case .unlock(let numbers):
            record.locks.removeAll { numbers.contains($0.number) }
            return false
        case .setRetention(let retention):
            record.retention = retention
            return false
        case .setRepackState(let state):
            guard record.repack != nil else { throw .noRepack }
            record.repack?.state = state
            return false
        case .finishRepack: return try finishRepack(of: &record)
        case .cancelRepack(at: let now): return try cancelRepack(of: &record, at: now)
        case .erase(let erasure):
            try begin(erasure, of: id)
            return false
        case .delete: preconditionFailure("a deletion goes a way of its own")
        }
    }

    private func replace(_ old: inout [UInt8]?, _ new: [UInt8]?) -> Bool {
        defer { old = new }
        return old != nil
    }

    private mutating func adopt(_ adoption: Adoption, of record: inout EnvironmentRecord) throws(KeyStoreError) -> Bool {
        let id = record.identity.id
        guard adoption.environmentKey.version > record.newestVersion else {
            throw KeyStoreError(.exists, "The environment's key has had that version.", remedy: "Read it again.")
        }
        guard let environment = environments[id], !environment.knows(adoption.environmentKey) else {
            throw KeyStoreError(.exists, "The environment's key was made under that generation before.", remedy: "Look again.")
        }
        let total = environment.keys.count
        environments[id]?.remember(adoption.environmentKey)
        var isPurgeDue = false
        if adoption.endsPending {
            isPurgeDue = record.pending?.record.sealedMaterial != nil
            record.pending = nil
        }
        record.newestVersion = adoption.environmentKey.version
        record.olderEnvironmentKeys.append(record.environmentKey)
        record.olderEnvironmentKeys.sort { $0.version < $1.version }
        record.environmentKey = adoption.environmentKey
        if let mainKey = adoption.mainKey {
            record.formerMainKeys.append(record.mainKey)
            record.mainKey = numbered(mainKey)
        }
        if let replacedAt = adoption.replacedAt {
            record.replacedAt = numbered(replacedAt)
            record.isWaived = adoption.isWaived
        }
        record.keyFloor = adoption.keyFloor ?? record.keyFloor
        record.repack = adoption.repack
        record.repack?.total = total
        record.tidyMainKeys()
        return isPurgeDue
    }

    private mutating func finishRepack(of record: inout EnvironmentRecord) throws(KeyStoreError) -> Bool {
        guard let target = record.repack?.target, let environment = environments[record.identity.id] else { throw .noRepack }
        let lacking = environment.keysWithout(target)
        guard lacking == 0 else { throw .wouldLose(lacking) }
        environments[record.identity.id]?.retire(record.versions.map(\.version).filter { $0 != target })
        record.olderEnvironmentKeys.removeAll { $0.version != target }
        record.repack = nil
        record.tidyMainKeys()
        return true
    }

    private mutating func cancelRepack(of record: inout EnvironmentRecord, at now: WallTime) throws(KeyStoreError) -> Bool {
        guard let repack = record.repack, let environment = environments[record.identity.id] else { throw .noRepack }
        guard repack.cause == .replacement else {
            throw KeyStoreError(.failed, "Only the repack of a replacement can be cancelled.", remedy: "Let it go on.")
        }
        guard let previous = record.environmentKey(repack.previous), let mainKey = record.mainKey(previous.mainKey) else {
            throw .noVersion
        }
        let others = record.versions.map(\.version).filter { $0 != repack.target }
        let lacking = environment.keys.values.count { key in !key.wraps.contains { others.contains($0.version) } }
        guard lacking == 0 else { throw .wouldLose(lacking) }
        environments[record.identity.id]?.retire([repack.target])
        record.olderEnvironmentKeys = (record.olderEnvironmentKeys + [record.environmentKey])
            .filter { $0.version != repack.previous && $0.version != repack.target }.sorted { $0.version < $1.version }
        record.environmentKey = previous
        if record.mainKey.id != mainKey.id {
            record.formerMainKeys.removeAll { $0.id == mainKey.id }
            record.formerMainKeys.append(record.mainKey)
            record.mainKey = mainKey
        }
        record.tidyMainKeys()
        record.keyFloor = min(record.keyFloor, repack.previous)
        record.repack = record.olderEnvironmentKeys.last.map { other in
            RepackRecord(
                target: repack.previous, previous: other.version, cause: .rotation, startedAt: now,
                total: environment.keysWithout(repack.previous))
        }
        return true
    }
}

extension EnvironmentRecord {
    /// Former main keys are those that older versions name, by id.
    fileprivate mutating func tidyMainKeys() {
        let named = Set(olderEnvironmentKeys.map(\.mainKey))
        formerMainKeys.removeAll { !named.contains($0.id) }
        formerMainKeys.sort { $0.id < $1.id }
    }
}

extension EnvironmentChange {
    /// What the change is called in tests.
    package var name: String {
        switch self {
        case .adopt: "adopt"
        case .rewrap: "rewrap"
        case .setPending: "setPending"
        case .setMaterial: "setMaterial"
        case .lock: "lock"
        case .unlock: "unlock"
        case .setRetention: "setRetention"
        case .setRepackState: "setRepackState"
        case .finishRepack: "finishRepack"
        case .cancelRepack: "cancelRepack"
        case .erase: "erase"
        case .delete: "delete"
        }
    }
}
