package import KeyHierarchy

/// What operators and customers see of environments.
package final class Views: Sendable {
    private let directory: Keyring
    private let records: RecordKeeper
    private let judge: ClockJudge
    private let poller: Poller

    init(directory: Keyring, records: RecordKeeper, judge: ClockJudge, poller: Poller) {
        self.directory = directory
        self.records = records
        self.judge = judge
        self.poller = poller
    }

    private var keeper: LifeKeeper { records.keeper }
    private var store: any KeyStore { records.store }

    /// Everything that `env show` tells. What cannot be read of a damaged environment is left empty.
    package func view(of environment: LiveEnvironment) async throws(HierarchyError) -> EnvironmentView {
        let now = keeper.clock.now
        let id = environment.identity.id
        var record = environment.record
        var overview: EnvironmentOverview?
        if record.damage == nil {
            overview = try await keeper.fromStore(environment) { () throws(KeyStoreError) in try await store.overview(of: id) }
        }
        // The census is of the moment at which the store was read: what it is told with must be, too.
        if let stored = overview?.record, stored.damage == nil { record = stored }
        let (life, locks) = environment.withState { ($0.life.mainKey, $0.life.locks) }
        return EnvironmentView(
            record: record, state: environment.state(at: now), locks: locks, provedAt: life.provedAt, verdict: life.verdict,
            secondsLeft: environment.secondsLeft(at: now), census: overview?.census ?? [],
            contents: overview?.contents ?? EnvironmentContents(), repack: environment.repackView(record),
            retention: record.retention.inForce(at: judge.believedNow),
            replacementAllowedFrom: record.replacedAt?.counted?.advanced(by: keeper.settings.replacementInterval))
    }

    /// Everything that `key show` tells; asks the KMS, so that it is true now.
    package func mainKeyView(of environment: LiveEnvironment) async throws(HierarchyError) -> MainKeyView {
        let target = environment.record.mainKey.reference.pollTarget
        await poller.look(at: environment)
        let view = try await view(of: environment)
        let record = view.record
        let poll = target.flatMap { poller.lastPoll(of: $0) }
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
        let settings = keeper.settings
        let isManaged = record.mainKey.reference.kind == .managed
        return MainKeyView(
            record: record, state: view.state, verdict: view.verdict, provedAt: view.provedAt, lastPoll: poll,
            pendingAnswer: environment.withState { $0.pendingAnswer },
            pendingGivesUpAt: record.pending?.record.createdAt.counted?.advanced(by: settings.pendingLifetime), census: view.census,
            replacementAllowedFrom: view.replacementAllowedFrom,
            nextRefreshAt: target == nil || tellsGeneration ? nil : record.environmentKey.wrappedAt.advanced(by: settings.refreshInterval),
            nextManagedRotationAt: isManaged ? record.mainKey.createdAt.counted?.advanced(by: settings.managedRotation) : nil,
            repack: view.repack, recommendations: recommendations, warnings: warnings)
    }

    /// Has the store look at itself.
    package func diagnoseStore() async -> DiagnosisCheck {
        do throws(KeyStoreError) {
            guard let defect = try await store.defect() else { return DiagnosisCheck("store", .ok, "What it is made of is sound.") }
            return DiagnosisCheck(
                "store", .failed, "It is damaged: \(defect).",
                remedy: "Stop ekmd, keep a copy of the state directory, and restore a backup.")
        } catch { return DiagnosisCheck("store", .failed, error.message, remedy: error.remedy) }
    }

    /// Of how many environments warnings are told; and of as many whose KMS said something to look at.
    private static let mostWarned = 1_000

    /// What an operator should look at: whole sentences, each with its environment.
    package var warnings: [String] {
        var sentences: [String] = []
        if case .doubt(let reason) = judge.state {
            sentences.append(
                "The clock is in doubt: \(reason) Erasures and replacements wait until it is right, or for `ekmctl clock accept`.")
        }
        if let due = records.purgeDue { sentences.append("Since \(due.since): \(due.reason)") }
        var told: Set<EnvironmentID> = []
        let found = (directory.warned(limit: Self.mostWarned) + poller.warned(limit: Self.mostWarned))
            .filter { told.insert($0.identity.id).inserted }
        for environment in found.sorted(by: { $0.identity.name < $1.identity.name }) { sentences += warnings(of: environment) }
        return sentences
    }

    private func warnings(of environment: LiveEnvironment) -> [String] {
        let name = environment.identity.name
        let (record, waitingFor, warned, unkept) = environment.withState { state in
            (
                state.record, state.record.repack?.state == .running ? state.repackProgress.waitingFor : nil, state.warned,
                state.life.unkeptLocks.count
            )
        }
        var sentences: [String] = []
        for target in record.mainKeys.compactMap(\.reference.pollTarget) {
            if case .success(let inspection)? = poller.lastPoll(of: target)?.inspection { sentences += inspection.sentences }
        }
        if let pending = record.pending?.record {
            sentences.append("Since \(pending.createdAt) a new main key waits for its grant: \(pending.reference.identifier)")
        }
        if let waitingFor { sentences.append("The repack waits: \(waitingFor.message)") }
        if unkept > 0 { sentences.append("It is locked, but the store has not kept that yet: it would be open after a restart.") }
        if let warned { sentences.append(warned) }
        return sentences.map { "\(name): \($0)" }
    }
}
