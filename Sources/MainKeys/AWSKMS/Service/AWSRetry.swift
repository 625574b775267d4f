/// When a call is tried again: up to three attempts, with a random pause that may grow, as long as the time for the whole lasts.
package struct AWSRetry: Sendable {
    package var attempts = 3
    /// The longest pause after the first attempt; it doubles with each further one.
    package var pause: Duration = .milliseconds(100)
    package var longestPause: Duration = .seconds(1)

    package init() {}

    /// - Parameters:
    ///   - attempt: the one that failed, from 1.
    ///   - random: in `0..<1`.
    ///   - left: of the time for the whole.
    /// - Returns: the pause, or nil when that was the last.
    package func pause(after attempt: Int, random: Double, left: Duration) -> Duration? {
        guard attempt < attempts else { return nil }
        let longest = min(pause * (1 << min(attempt - 1, 16)), longestPause)
        let pause = longest * random
        return pause < left ? pause : nil
    }
}
