internal import Bedrock
internal import Dispatch
internal import KeyHierarchy
package import Keyring

/// Moves keys after rotations and replacements: a batch of each environment in turn, on a Dispatch queue of its own.
package final class RepackJobs: Sendable {
    /// Keys in one transaction: larger ones are no faster, and hold the store's writer longer.
    private static let batch = 2000

    private struct State {
        var running: Set<EnvironmentID> = []
        /// Something became due while the environment's last step ran.
        var again: Set<EnvironmentID> = []
        /// All repacks together have used up their rate until then.
        var busyUntil: ContinuousClock.Instant?
        var isStopped = false
    }

    private let hierarchies: Hierarchies
    private let queue = DispatchQueue(label: "ekmd.repack", qos: .utility)
    private let turn = AsyncLock()
    private let state = Lock(State())

    package init(_ hierarchies: Hierarchies, observers: KeyringObservers) {
        self.hierarchies = hierarchies
        observers.add { [weak self] event in
            if case .repackDue(let environment) = event { self?.start(environment) }
        }
    }

    /// Takes up what a stop or a crash interrupted.
    package func resume() {
        for environment in hierarchies.keyring.unfinished { start(environment.identity.id) }
    }

    /// Begins no further batch.
    package func stop() { state.withLock { $0.isStopped = true } }

    private func start(_ environment: EnvironmentID) {
        let isNew = state.withLock { state in
            guard state.running.insert(environment).inserted else {
                state.again.insert(environment)
                return false
            }
            return true
        }
        if isNew { Task { await run(environment) } }
    }

    private func run(_ id: EnvironmentID) async {
        var waits = Duration.milliseconds(100)
        while !state.withLock({ $0.isStopped }), let environment = hierarchies.keyring.environment(id) {
            let step = await hierarchies.repacker.step(of: environment, limit: Self.batch, turn: turn) { [queue] body in
                await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: body()) } }
            }
            switch step {
            case .moved(let count):
                waits = .milliseconds(100)
                await pace(count)
            case .waits:
                try? await Task.sleep(for: waits)
                // What it waits for may take months; access that returns is found within a poll.
                waits = min(waits * 2, hierarchies.keeper.settings.pollInterval)
            case .idle:
                let isOver = state.withLock { state in
                    guard state.again.remove(id) == nil else { return false }
                    state.running.remove(id)
                    return true
                }
                if isOver { return }
            }
        }
        state.withLock { state in
            state.running.remove(id)
            state.again.remove(id)
        }
    }

    /// Keeps all repacks together under the rate that is configured.
    private func pace(_ count: Int) async {
        // Nothing was moved: a round ended, or another's change came between.
        guard count > 0 else { return (try? await Task.sleep(for: .milliseconds(2))) ?? () }
        let now = ContinuousClock.now
        let until = state.withLock { state in
            let until = max(state.busyUntil ?? now, now) + .seconds(1) * count / max(1, hierarchies.keeper.settings.repackRate)
            state.busyUntil = until
            return until
        }
        let slack = Duration.milliseconds(5)
        if until - now > slack { try? await Task.sleep(until: until, clock: .continuous) }
    }
}
