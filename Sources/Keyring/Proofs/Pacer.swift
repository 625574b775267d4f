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

    /// Takes the next places.
    /// - Parameters:
    ///   - rate: calls per second.
    ///   - calls: how many will be made one after the other.
    /// - Returns: how long to wait before the first of them.
    func delay(at now: BootInstant, rate: Int, calls: Int = 1) -> Duration {
        let rate = max(1, rate)
        let atOnce = rate / 10
        // Rounded up: a nanosecond less would let one more into a second.
        let step = Duration.nanoseconds(1_000_000_000 / (rate - atOnce) + 1)
        return state.withLock { state in
            let earliest = now.advanced(by: .zero - step * atOnce)
            let turn = max(state.next ?? earliest, earliest)
            state.next = turn.advanced(by: step * max(1, calls))
            return now.remaining(until: turn)
        }
    }
}
