package import KeyHierarchy

extension InMemoryKeyStore {
    package func contents(
        of environment: EnvironmentID, under subject: ErasureRecord.Subject
    ) async throws(KeyStoreError) -> EnvironmentContents {
        try access("contents") { EnvironmentContents(counting: $0.keys(of: environment, under: subject)) }
    }

    package func beginErasure(_ erasure: ErasureRecord) async throws(KeyStoreError) {
        try access("beginErasure") { contents throws(KeyStoreError) in
            guard contents.environments[erasure.environment] != nil else { throw .noEnvironment }
            guard !contents.erasures.contains(where: { $0.id == erasure.id }) else {
                throw KeyStoreError(.exists, "There is that erasure already.", remedy: "")
            }
            contents.erasures.append(erasure)
            contents.erasureKeys[erasure.id] = Set(contents.keys(of: erasure.environment, under: erasure.subject).map(\.id))
        }
    }

    package func eraseKeys(_ erasure: ErasureID, limit: Int, at now: WallTime) async throws(KeyStoreError) -> [Tombstone] {
        try access("eraseKeys") { contents throws(KeyStoreError) in
            guard let erasure = contents.erasures.first(where: { $0.id == erasure }) else { throw .noErasure }
            let keys = (contents.erasureKeys[erasure.id] ?? []).compactMap { contents.keys[$0] }.sorted { $0.id < $1.id }.prefix(limit)
            return keys.map { key in
                let tombstone = Tombstone(
                    key: key.id, environment: key.environment, kind: key.purpose.kind, hour: key.hourly?.hour, erasure: erasure.id,
                    erasedAt: now)
                contents.keys[key.id] = nil
                contents.tombstones[key.id] = tombstone
                return tombstone
            }
        }
    }

    package func purgeLog() async throws(KeyStoreError) { try access("purgeLog") { _ in } }

    package func finishErasure(_ receipt: SignedReceipt) async throws(KeyStoreError) {
        try access("finishErasure") { contents throws(KeyStoreError) in
            guard let place = contents.erasures.firstIndex(where: { $0.id == receipt.erasure && $0.environment == receipt.environment })
            else { throw .noErasure }
            contents.erasures.remove(at: place)
            contents.erasureKeys[receipt.erasure] = nil
            contents.receipts.append(receipt)
        }
    }

    package func openErasures() async throws(KeyStoreError) -> [ErasureRecord] {
        try access("openErasures") { $0.erasures.sorted { $0.startedAt < $1.startedAt } }
    }

    package func tombstones(of erasure: ErasureID, after cursor: KeyID?, limit: Int) async throws(KeyStoreError) -> [Tombstone] {
        try access("tombstones") { contents in
            Array(
                contents.tombstones.values.filter { tombstone in
                    tombstone.erasure == erasure && cursor.map { $0 < tombstone.key } ?? true
                }
                .sorted { $0.key < $1.key }.prefix(limit))
        }
    }

    package func tombstone(of key: KeyID, in environment: EnvironmentID) async throws(KeyStoreError) -> Tombstone? {
        try access("tombstone") { contents in contents.tombstones[key].flatMap { $0.environment == environment ? $0 : nil } }
    }

    package func receipts(of environment: EnvironmentID) async throws(KeyStoreError) -> [SignedReceipt] {
        try access("receipts") { $0.receipts.filter { $0.environment == environment } }
    }

    package func receipt(_ erasure: ErasureID) async throws(KeyStoreError) -> SignedReceipt? {
        try access("receipt") { $0.receipts.first { $0.erasure == erasure } }
    }
}

extension InMemoryKeyStore.Contents {
    fileprivate func keys(of environment: EnvironmentID, under subject: ErasureRecord.Subject) -> [KeyRecord] {
        let keys = keys(of: environment)
        return switch subject {
        case .before(let time): keys.filter { $0.retentionStart.map { $0 <= time } ?? false }
        case .connection(let connection): keys.filter { $0.connection?.name == connection }
        case .logs(let time):
            keys.filter { key in
                guard let version = key.logVersion else { return false }
                return keys.contains { ($0.logVersion ?? 0) > version && $0.createdAt <= time }
            }
        }
    }
}

extension KeyRecord {
    /// When an hourly key encrypted for the last time. One whose hour is not that of its making, or the next, was made while the
    /// clock was wrong: its hour may never come.
    fileprivate var retentionStart: WallTime? {
        guard let hour = hourly?.hour else { return nil }
        let made = createdAt.hour.number
        return hour.number == made || hour.number == made &+ 1
            ? hour.start.advanced(by: .seconds(3600)) : createdAt.advanced(by: .seconds(3600))
    }
}
