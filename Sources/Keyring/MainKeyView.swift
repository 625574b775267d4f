/// An environment's main key as a customer sees it.
package struct MainKeyView: Sendable {
    package var record: EnvironmentRecord
    package var state: EnvironmentView.State
    package var verdict: VerdictRecord?
    package var provedAt: WallTime?
    /// What the KMS said when it was asked last; nil for keys in no KMS, and before the first poll.
    package var lastPoll: PollResult?
    /// What the main key that waits for its grant answered last.
    package var pendingAnswer: VerdictRecord?
    package var pendingGivesUpAt: WallTime?
    package var census: [CensusEntry]
    package var replacementAllowedFrom: WallTime?
    /// When the KMS, which tells no generation, is asked to wrap the environment key anew.
    package var nextRefreshAt: WallTime?
    /// When a managed key is rotated.
    package var nextManagedRotationAt: WallTime?
    package var repack: RepackView?
    /// Whole sentences.
    package var recommendations: [String]
    package var warnings: [String]
}

extension Keyring {
    /// Everything that `key show` tells; asks the KMS, so that it is true now.
    package func mainKeyView(of environment: LiveEnvironment) async throws(HierarchyError) -> MainKeyView {
        let target = environment.withState { $0.record.mainKey.reference.pollTarget }
        if let target { _ = await inspect(target, of: environment) }
        let view = try await view(of: environment)
        let record = view.record
        let poll = target.flatMap { lastPoll(of: $0) }
        var recommendations: [String] = []
        var warnings: [String] = []
        var tellsGeneration = true
        switch poll?.inspection {
        case .success(let inspection)?:
            warnings = inspection.sentences
            tellsGeneration = inspection.generation != nil
            if inspection.rotation == .off {
                recommendations.append("The KMS does not rotate this key by itself: switch automatic rotation on; ekmd follows.")
            }
            if !tellsGeneration {
                recommendations.append(
                    "The KMS does not tell which generation of the key it uses: ekmd has it wrap the environment key anew once a day, and on `ekmctl key refresh`."
                )
            }
        case .failure(let failure)?: warnings.append("The KMS could not be asked about the key: \(failure.message) \(failure.remedy)")
        case nil: break
        }
        let isManaged = record.mainKey.reference.kind == .managed
        return MainKeyView(
            record: record, state: view.state, verdict: view.verdict, provedAt: view.provedAt, lastPoll: poll,
            pendingAnswer: environment.withState { $0.pendingAnswer },
            pendingGivesUpAt: record.pendingMainKey?.createdAt.advanced(by: settings.pendingLifetime), census: view.census,
            replacementAllowedFrom: view.replacementAllowedFrom,
            nextRefreshAt: target == nil || tellsGeneration ? nil : record.environmentKey.wrappedAt.advanced(by: settings.refreshInterval),
            nextManagedRotationAt: isManaged ? record.mainKey.createdAt.advanced(by: settings.managedRotation) : nil,
            repack: view.repack, recommendations: recommendations, warnings: warnings)
    }
}
