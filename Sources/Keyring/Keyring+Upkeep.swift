extension Keyring {
    package var upkeepFacts: [UpkeepFacts] {
        let (now, timeToLive) = (clock.now, settings.timeToLive)
        return allEnvironments.compactMap { $0.upkeepFacts(at: now, timeToLive: timeToLive) }
    }

    /// Does what is due; failures are told as verdicts and warnings, and come up again by themselves.
    package func perform(_ duty: UpkeepDuty) async {
        switch duty {
        case .renew(let id): await with(id) { await renew($0) }
        case .poll(let target): await poll(target)
        case .makeHourlyKey(let id): await with(id) { try? await makeUpcomingHourlyKey(of: $0) }
        case .rotateManagedKey(let id):
            await with(id) { environment in
                // A clock that jumped a year ahead is no reason to rotate.
                guard (try? requireBelievedClock("No key is rotated by age")) != nil else { return }
                try? await rotateManagedKey(of: environment)
            }
        case .runRetention(let id):
            await with(id) { environment in
                do throws(HierarchyError) {
                    _ = try await runRetention(of: environment)
                    environment.withState { $0.warned = nil }
                } catch { warn("What its retention has ended could not be erased yet: \(error)", of: environment) }
            }
        case .tickClock: await tickClock()
        }
    }

    /// Says it once, for as long as it is the same.
    private func warn(_ sentence: String, of environment: LiveEnvironment) {
        let isNew = environment.withState { state in
            defer { state.warned = sentence }
            return state.warned != sentence
        }
        if isNew { tell(.warning(environment.identity, sentence)) }
    }

    private func with(_ id: EnvironmentID, _ body: (LiveEnvironment) async -> Void) async {
        if let environment = environment(id) { await body(environment) }
    }
}
