/// Until when an environment lives without its KMS, as its answers tell it.
///
/// An answer says whole seconds, rounded down; of several answers after one proof, the earliest end is the closest to the truth.
struct DrillDeadline {
    /// An end that is later by more than this was moved by another proof, in seconds.
    private static let slack = 0.25

    /// No later than this it ends, in seconds since the drill began; nil where no answer told.
    private(set) var latest: Double?

    /// Takes in an answer: when its request was sent and when it came, in seconds since the drill began.
    mutating func note(sentAt: Double, at: Double, secondsLeft: Int?) {
        guard let secondsLeft else { return }
        let end = at + Double(secondsLeft) + 1
        // What the daemon said when the request was sent, at the earliest.
        let earliest = sentAt + Double(secondsLeft)
        guard let known = latest, earliest <= known + Self.slack else {
            latest = end
            return
        }
        latest = min(known, end)
    }
}
