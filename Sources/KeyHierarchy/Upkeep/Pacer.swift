internal import Cryptography

/// Keeps the calls to all KMSs together under a rate: a token bucket that holds one second's worth.
final class Pacer: Sendable {
    private struct State {
        /// When the bucket was, or will be, exactly empty.
        var empty: BootInstant?
    }

    private let state = Lock(State())

    /// Takes the next place.
    /// - Parameter rate: calls per second.
    /// - Returns: how long to wait before calling.
    func delay(at now: BootInstant, rate: Int) -> Duration {
        let step = Duration.seconds(1) / max(1, rate)
        return state.withLock { state in
            let full = now.advanced(by: .seconds(-1))
            let empty = max(state.empty ?? full, full).advanced(by: step)
            state.empty = empty
            return now.remaining(until: empty)
        }
    }
}
