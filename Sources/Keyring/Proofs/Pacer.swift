internal import Bedrock
internal import KeyHierarchy

/// Keeps the calls to all KMSs together under a rate: a tenth of them may go at once, the others are spread evenly, so that no second
/// holds more than the rate.
final class Pacer: Sendable {
    private struct State {
        /// When the next call's turn is, if none is let go ahead of its turn.
        var next: BootInstant?
    }

    private let state = Lock(State())

    /// Takes the next place.
    /// - Parameter rate: calls per second.
    /// - Returns: how long to wait before calling.
    func delay(at now: BootInstant, rate: Int) -> Duration {
        let rate = max(1, rate)
        let atOnce = rate / 10
        // Rounded up: a nanosecond less would let one more into a second.
        let step = Duration.nanoseconds(1_000_000_000 / (rate - atOnce) + 1)
        return state.withLock { state in
            let earliest = now.advanced(by: .zero - step * atOnce)
            let turn = max(state.next ?? earliest, earliest)
            state.next = turn.advanced(by: step)
            return now.remaining(until: turn)
        }
    }
}
