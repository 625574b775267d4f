internal import EKMWire
internal import KeyHierarchy
internal import Keyring

extension KeyReport {
    /// What `key show` tells.
    init(_ view: MainKeyView, managedRotation: Duration) {
        let record = view.record
        let inspection = try? view.lastPoll?.inspection.get()
        let isTold = inspection.map { $0.generation != nil } ?? (record.environmentKey.generation != nil)
        let current = record.environmentKey.version
        self.init(
            environment: record.identity.name.description,
            mainKey: MainKeyReport(record.mainKey.reference, record.environmentKey.generation), generationTold: isTold,
            state: EnvironmentReport.State(rawValue: view.state.rawValue), proof: ProofReport(provedAt: view.provedAt, view.verdict),
            rotation: RotationReport(view, managedRotation: managedRotation), endsAt: inspection?.endsAt?.description,
            pending: record.pending.map { PendingMainKeyReport($0.record, view) },
            census: view.census.map { entry in
                KeyCensusReport(
                    version: Int(entry.version.number), mainKey: MainKeyReport(of: entry.mainKey, entry.generation, in: record),
                    keys: entry.keys, isCurrent: entry.version == current)
            },
            replacement: ReplacementReport(lastAt: record.replacedAt?.description, allowedFrom: view.replacementAllowedFrom?.description),
            repack: view.repack.map { RepackReport($0, of: record) }, wrappedAt: record.environmentKey.wrappedAt.description,
            nextRefreshAt: view.nextRefreshAt?.description, lastPollAt: view.lastPoll?.at.description,
            recommendations: view.recommendations, warnings: view.warnings)
    }
}

extension PendingMainKeyReport {
    fileprivate init(_ pending: MainKeyRecord, _ view: MainKeyView) {
        self.init(
            mainKey: MainKeyReport(pending.reference, nil), since: pending.createdAt.description,
            givesUpAt: view.pendingGivesUpAt?.description,
            lastAnswer: view.pendingAnswer.map { $0.reason.isEmpty ? $0.verdict.name : "\($0.verdict.name): \($0.reason)" })
    }
}
