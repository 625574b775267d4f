package import KeyHierarchy

/// The main key that the customer has not granted yet.
extension MainKeyChanges {
    func register(
        _ new: MainKeyRecord, of environment: LiveEnvironment, _ options: ReplacementOptions, _ failure: HierarchyError
    ) async throws(HierarchyError) -> ReplacementOutcome {
        var new = new
        new.createdAt = judge.stamp
        let pending = PendingMainKey(new, withoutOld: options.withoutOld)
        let earlier = environment.record.pending?.record.reference.identifier
        try await records.change(environment) { _ in .setPending(pending) }
        environment.withState { $0.pendingAnswer = failure.verdict }
        var outcome = ReplacementOutcome(.pending, mainKey: new.reference)
        outcome.findings = [failure.message]
        outcome.warnings = [
            "ekmd tries it at every poll, and replaces the main key by itself once it answers; it gives up after 7 days."
        ]
        if let earlier { outcome.warnings.append("The main key that waited for its grant before is given up: \(earlier)") }
        return outcome
    }

    /// Withdraws the main key that waits for its grant.
    package func cancelPending(of environment: LiveEnvironment) async throws(HierarchyError) {
        try await environment.changes.run { () throws(HierarchyError) in
            try await records.change(environment) { record throws(HierarchyError) in
                guard record.pending != nil else {
                    throw HierarchyError(.wrongKind, "No main key waits for its grant.", remedy: "See `ekmctl key show`.")
                }
                return .setPending(nil)
            }
        }
    }

    /// Tries the main key that waits for its grant once more: at every poll.
    func completePending(of environment: LiveEnvironment) async {
        guard let pending = environment.record.pending, environment.withState({ $0.life.shut == nil }) else { return }
        if await giveUp(pending, of: environment) { return }
        let options = ReplacementOptions(withoutOld: pending.withoutOld)
        do throws(HierarchyError) {
            try await environment.changes.run { () throws(HierarchyError) in
                guard environment.record.pending?.record.id == pending.record.id else { return }
                try environment.requireOpen()
                let isWaived = try await requireReplacementAllowed(of: environment, options)
                let probed: MainKeyRecord
                do throws(HierarchyError) { probed = try await probe(pending.record, for: environment) } catch {
                    let answer = error.verdict ?? VerdictRecord(.unreachable, at: keeper.wallClock.now, reason: error.message)
                    environment.withState { $0.pendingAnswer = answer }
                    return
                }
                environment.withState { $0.pendingAnswer = VerdictRecord(.granted, at: keeper.wallClock.now) }
                _ = try await replace(with: probed, of: environment, options, isWaived: isWaived)
            }
        } catch {
            // The new key answers, and something else is in the way: the old one, or the 24 hours.
            warn("The main key that waits for its grant answers, but cannot replace the one in force yet: \(error)", of: environment)
        }
    }

    private func giveUp(_ pending: PendingMainKey, of environment: LiveEnvironment) async -> Bool {
        guard case .believed = judge.state, let since = pending.record.createdAt.counted,
            judge.believedNow >= since.advanced(by: keeper.settings.pendingLifetime)
        else { return false }
        // Told before it is done: afterwards nobody may be left to tell it. What the store could not do, the next poll tries again.
        warn("The main key that waited for its grant is given up after 7 days; the old one stays.", of: environment)
        try? await cancelPending(of: environment)
        return true
    }

    /// Says it once, for as long as it is the same.
    func warn(_ sentence: String, of environment: LiveEnvironment) { keeper.warn(sentence, of: environment) }
}
