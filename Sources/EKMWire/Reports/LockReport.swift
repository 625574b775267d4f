/// The operator's lock on an environment.
public struct LockReport: Codable, Hashable, Sendable {
    /// Names the lock where there are several; from 1.
    @Nullable public var number: Int?
    /// Since when, ISO 8601 in UTC.
    public var at: String
    public var reason: String

    public init(number: Int? = nil, at: String, reason: String) {
        self.number = number
        self.at = at
        self.reason = reason
    }
}
