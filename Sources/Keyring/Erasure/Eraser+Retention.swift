package import KeyHierarchy

/// What environments' retention ends: erased as it falls due, with one receipt for an environment and day.
extension Eraser {
    /// Erases what has outlived the environment's retention; does nothing while nothing has.
    /// - Throws: `.clockInDoubt`, `.storeFailed`.
    package func runRetention(of environment: LiveEnvironment) async throws(HierarchyError) {
        let stored = environment.record.retention
        guard stored != Retention() else { return }
        try judge.requireBelieved(Self.waits)
        let now = judge.believedNow
        let retention = stored.inForce(at: now)
        let subjects: [ErasureRecord.Subject?] = [
            retention.hours.map { .before(now.advanced(by: .zero - $0)) },
            retention.logs.map { .logs(before: now.advanced(by: .zero - $0)) },
        ]
        var open: [ErasureRecord]?
        for subject in subjects.compactMap({ $0 }) {
            guard try await contents(of: environment, under: subject).keys > 0 else { continue }
            let known: [ErasureRecord]
            if let open { known = open } else { known = try await openByRetention(environment) }
            open = known
            try await erase(subject, stored, of: environment, known, now)
        }
    }

    /// Adds to the day's erasure, or begins it.
    private func erase(
        _ subject: ErasureRecord.Subject, _ retention: Retention, of environment: LiveEnvironment, _ open: [ErasureRecord], _ now: WallTime
    ) async throws(HierarchyError) {
        var erasure: ErasureRecord
        if let today = open.first(where: { $0.subject.isOfSameKind(as: subject) && $0.startedAt.day == now.day && !isUnderWay($0.id) }) {
            erasure = today
            erasure.subject = subject
        } else {
            do {
                erasure = ErasureRecord(
                    id: try ErasureID.random(), environment: environment.identity.id, subject: subject, cause: .retention, startedAt: now)
            } catch { throw HierarchyError(error) }
        }
        try await once(erasure.id) { [erasure] () throws(HierarchyError) in
            let applied = try await records.change(environment) { record in
                // Prolonged meanwhile: what it would end is decided anew by the next run.
                record.retention == retention ? .erase(erasure) : nil
            }
            if applied != nil { try await eraseKeys(erasure, of: environment) }
        }
    }

    private func openByRetention(_ environment: LiveEnvironment) async throws(HierarchyError) -> [ErasureRecord] {
        let all = try await keeper.fromStore(environment) { () throws(KeyStoreError) in try await store.openErasures() }
        return all.filter { $0.environment == environment.identity.id && $0.cause == .retention }
    }

    /// Whether an erasure that is open takes no more keys, so that its receipt is due.
    func isOver(_ erasure: ErasureRecord) -> Bool {
        guard erasure.cause == .retention else { return true }
        guard case .believed = judge.state else { return false }
        return erasure.startedAt.day < judge.believedNow.day
    }
}

extension WallTime {
    /// Days since 1970-01-01, in UTC.
    fileprivate var day: Int64 { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }
}

extension ErasureRecord.Subject {
    fileprivate func isOfSameKind(as other: Self) -> Bool {
        switch (self, other) {
        case (.before, .before), (.logs, .logs): true
        default: false
        }
    }
}
