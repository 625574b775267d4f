/// The operator's own switch. Several may stand at a time, each with its reason; the environment is shut until all are gone.
package struct EnvironmentLock: Hashable, Sendable {
    /// The most that an environment may have at a time.
    package static let most = 16
    /// Bytes of UTF-8.
    package static let longestReason = 1024

    /// Counts an environment's locks, from 1; unlocking names it where there are several.
    package var number: UInt32
    package var at: WallTime
    /// What the operator gave as the reason: 1 to 1,024 bytes without control characters.
    package var reason: String

    package init(number: UInt32, at: WallTime, reason: String) {
        self.number = number
        self.at = at
        self.reason = reason
    }
}
