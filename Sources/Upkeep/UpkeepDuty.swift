package import KeyHierarchy
package import Keyring

/// What has to be done for the keys without anybody asking.
package enum UpkeepDuty: Hashable, Sendable {
    /// Prove again what is in use, before its deadline.
    case renew(EnvironmentID)
    /// Ask a KMS for a key's state and generation.
    case poll(PollTarget)
    /// Make the next hour's key.
    case makeHourlyKey(EnvironmentID)
    /// Rotate a key that ekmd manages.
    case rotateManagedKey(EnvironmentID)
    /// Erase what its retention ends.
    case runRetention(EnvironmentID)
    /// Compare the clocks, and keep where they stand; go on with what could not be done before.
    case tickClock
}

extension UpkeepDuty {
    /// Does it; failures are told as verdicts and warnings, and come up again by themselves.
    package func perform(on hierarchies: Hierarchies) async {
        switch self {
        case .renew(let id): await hierarchies.with(id) { await hierarchies.renew($0) }
        case .poll(let target): await hierarchies.poller.poll(target)
        case .makeHourlyKey(let id):
            await hierarchies.with(id) { try? await hierarchies.fetcher.makeUpcomingHourlyKey(of: $0) }
        case .rotateManagedKey(let id):
            await hierarchies.with(id) { environment in
                // A clock that jumped a year ahead is no reason to rotate.
                guard hierarchies.judge.state == .believed else { return }
                try? await hierarchies.mainKeys.rotateManagedKey(of: environment)
            }
        case .runRetention(let id):
            await hierarchies.with(id) { environment in
                do throws(HierarchyError) {
                    try await hierarchies.eraser.runRetention(of: environment)
                    hierarchies.keeper.forgetWarning(of: environment)
                } catch { hierarchies.keeper.warn("What its retention has ended could not be erased yet: \(error)", of: environment) }
            }
        case .tickClock:
            await hierarchies.judge.tick()
            await hierarchies.records.settle()
            // An erasure that fails stays open, and is tried again with the next tick.
            _ = try? await hierarchies.eraser.resume()
        }
    }
}

extension Hierarchies {
    fileprivate func with(_ id: EnvironmentID, _ body: (LiveEnvironment) async -> Void) async {
        if let environment = keyring.environment(id) { await body(environment) }
    }
}
