package import KeyHierarchy

extension InMemoryKeyStore {
    package func contents(
        of environment: EnvironmentID, under subject: ErasureRecord.Subject
    ) async throws(KeyStoreError) -> EnvironmentContents {
        try await reading("contents") { contents in EnvironmentContents(counting: contents.keys(of: environment, under: subject)) }
    }

    package func eraseKeys(_ erasure: ErasureID, limit: Int, at now: WallTime) async throws(KeyStoreError) -> [Tombstone] {
        try await writing("eraseKeys") { contents throws(KeyStoreError) in
            guard let record = contents.erasures[erasure]?.record else { throw .noErasure }
            var gone: [Tombstone] = []
            while gone.count < limit, let id = contents.erasures[erasure]?.keys.popLast() {
                // Another erasure may have taken it.
                guard let key = contents.environments[record.environment]?.remove(id) else { continue }
                var tombstone = Tombstone(
                    key: id, environment: key.environment, kind: key.purpose.kind, erasure: erasure, erasedAt: now)
                if case .hourly(let hour) = key.purpose { tombstone.hour = hour }
                contents.environments[record.environment]?.tombstones[id] = tombstone
                gone.append(tombstone)
            }
            return gone
        }
    }

    package func purge() async throws(KeyStoreError) { try await writing("purge") { _ in } }

    package func finishErasure(_ receipt: SignedReceipt) async throws(KeyStoreError) {
        try await writing("finishErasure") { contents throws(KeyStoreError) in
            guard let erasure = contents.erasures[receipt.erasure] else { throw .noErasure }
            guard erasure.record.environment == receipt.environment else { throw .foreignErasure }
            guard erasure.keys.isEmpty else { throw KeyStoreError(.missing, "Keys are left to delete.", remedy: "") }
            contents.erasures[receipt.erasure] = nil
            contents.receipts[receipt.environment, default: []].append(receipt)
            contents.receiptsByErasure[receipt.erasure] = receipt
        }
    }

    package func openErasures() async throws(KeyStoreError) -> [ErasureRecord] {
        try await reading("openErasures") { contents in
            contents.erasures.values.map(\.record).sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
        }
    }

    package func tombstones(of erasure: ErasureID, after cursor: KeyID?, limit: Int) async throws(KeyStoreError) -> [Tombstone] {
        try await reading("tombstones") { contents in
            let all = contents.environments.values.flatMap { $0.tombstones.values.filter { $0.erasure == erasure } }
            return Array(
                all.filter { tombstone in cursor.map { $0 < tombstone.key } ?? true }.sorted { $0.key < $1.key }.prefix(limit))
        }
    }

    package func tombstone(of key: KeyID, in environment: EnvironmentID) async throws(KeyStoreError) -> Tombstone? {
        try await reading("tombstone") { $0.environments[environment]?.tombstones[key] }
    }

    package func receipts(of environment: EnvironmentID) async throws(KeyStoreError) -> [SignedReceipt] {
        try await reading("receipts") { $0.receipts[environment] ?? [] }
    }

    package func receipt(_ erasure: ErasureID) async throws(KeyStoreError) -> SignedReceipt? {
        try await reading("receipt") { $0.receiptsByErasure[erasure] }
    }
}

extension InMemoryKeyStore.Contents {
    /// Fixes what an erasure takes, or adds to one that is open.
    mutating func begin(_ erasure: ErasureRecord, of environment: EnvironmentID) throws(KeyStoreError) {
        guard erasure.environment == environment else { throw .foreignErasure }
        guard receiptsByErasure[erasure.id] == nil else {
            throw KeyStoreError(.exists, "That erasure has its receipt.", remedy: "Begin another.")
        }
        var open = erasures[erasure.id] ?? Erasure(record: erasure)
        guard open.record.environment == environment, open.record.widen(to: erasure.subject) else { throw .foreignErasure }
        // Taken from the end.
        open.keys = Set(open.keys).union(keys(of: environment, under: erasure.subject).map(\.id)).sorted(by: >)
        erasures[erasure.id] = open
    }

    fileprivate func keys(of environment: EnvironmentID, under subject: ErasureRecord.Subject) -> [KeyRecord] {
        guard let held = environments[environment] else { return [] }
        switch subject {
        case .before(let time):
            return held.hours.values.joined().compactMap { held.keys[$0] }.filter { key in
                retentionStart(of: key).map { $0 <= time } ?? false
            }
        case .connection(let connection): return (held.connections[connection] ?? [:]).values.compactMap { held.keys[$0] }
        case .logs(let time):
            let followers = held.logs.filter { log in
                guard let key = held.keys[log.value], let counted = resolved(key.createdAt).counted else { return false }
                return counted <= time
            }
            guard let newest = followers.keys.max() else { return [] }
            return held.logs.filter { $0.key < newest }.values.compactMap { held.keys[$0] }
        }
    }

    /// When an hourly key encrypted for the last time; nil while nobody can tell. One that was made in doubt counts from when belief
    /// returned; one whose hour is not that of its making, or the next, an hour from its making: its hour may never come.
    private func retentionStart(of key: KeyRecord) -> WallTime? {
        guard case .hourly(let hour) = key.purpose, let made = resolved(key.createdAt).counted else { return nil }
        return (key.createdAt.doubt == nil && key.isOfItsHour ? hour.start : made).advanced(by: .seconds(3600))
    }
}
