/// An environment that an operator should look at.
public struct TroubledReport: Codable, Hashable, Sendable {
    /// The name: `workspace/environment`.
    public var environment: String
    public var state: EnvironmentReport.State
    /// Since when it is in that state, ISO 8601 in UTC.
    @Nullable public var since: String?
    /// Why: the KMS's own words, or the operator's.
    @Nullable public var reason: String?

    public init(environment: String, state: EnvironmentReport.State, since: String? = nil, reason: String? = nil) {
        self.environment = environment
        self.state = state
        self.since = since
        self.reason = reason
    }
}
