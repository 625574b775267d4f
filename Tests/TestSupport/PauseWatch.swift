import Bedrock
import Foundation

/// Watches from a thread of its own for the whole machine having stood still, as a virtual one does that is moved or saved.
package final class PauseWatch: Sendable {
    private struct State {
        var isStopped = false
        var last = ContinuousClock.now
        var longest = Duration.zero

        mutating func look() {
            let now = ContinuousClock.now
            longest = max(longest, now - last)
            last = now
        }
    }

    private let state = Lock(State())

    package init() {
        Thread.detachNewThread { [state] in
            while state.withLock({ state in
                state.look()
                return !state.isStopped
            }) { Thread.sleep(forTimeInterval: 0.1) }
        }
    }

    /// The longest time in which nothing ran, from 100 ms on.
    package func stop() -> Duration {
        state.withLock { state in
            state.look()
            state.isStopped = true
            return state.longest
        }
    }
}
