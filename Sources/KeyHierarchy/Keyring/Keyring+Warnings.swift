extension Keyring {
    /// What an operator should look at: whole sentences, each with its environment.
    package var warnings: [String] {
        var sentences: [String] = []
        if case .doubt(let reason) = clockJudge.state {
            sentences.append(
                "The clock is in doubt: \(reason) Erasures and replacements wait until it is right, or for `ekmctl clock accept`.")
        }
        if let due = purgeDue { sentences.append("Since \(due.since): \(due.reason)") }
        for environment in environments { sentences += warnings(of: environment) }
        return sentences
    }

    private func warnings(of environment: LiveEnvironment) -> [String] {
        let name = environment.identity.name
        let (targets, pending, waitingFor, warned) = environment.withState { state in
            (
                state.record.mainKeys.compactMap(\.reference.pollTarget), state.record.pendingMainKey,
                state.record.repack?.state == .running ? state.repackProgress.waitingFor : nil, state.warned
            )
        }
        var sentences: [String] = []
        for target in targets {
            if case .success(let inspection)? = lastPoll(of: target)?.inspection { sentences += inspection.sentences }
        }
        if let pending {
            sentences.append("Since \(pending.createdAt) a new main key waits for its grant: \(pending.reference.identifier)")
        }
        if let waitingFor { sentences.append("The repack waits: \(waitingFor.message)") }
        if let warned { sentences.append(warned) }
        return sentences.map { "\(name): \($0)" }
    }
}
