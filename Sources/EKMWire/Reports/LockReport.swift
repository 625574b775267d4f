/// The operator's lock on an environment.
public struct LockReport: Codable, Hashable, Sendable {
    /// Since when, ISO 8601 in UTC.
    public var at: String
    public var reason: String

    public init(at: String, reason: String) {
        self.at = at
        self.reason = reason
    }
}
