/// The operator's own switch.
package struct EnvironmentLock: Hashable, Sendable {
    package var at: WallTime
    /// What the operator gave as the reason; at most 1,024 bytes.
    package var reason: String

    package init(at: WallTime, reason: String) {
        self.at = at
        self.reason = reason
    }
}
