/// How the last call to an environment's main key ended.
public struct ProofReport: Codable, Hashable, Sendable {
    /// When the request was sent that the main key last answered with a successful decrypt; nil where there was none.
    @Nullable public var at: String?
    /// The last verdict: `none`, `granted`, `restricted`, `revoked`, `mismatched`, `throttled` or `unreachable`.
    public var verdict: String
    /// When that verdict was given; nil where there is none.
    @Nullable public var verdictAt: String?
    /// What the KMS said, in its own words.
    @Nullable public var reason: String?

    public init(at: String? = nil, verdict: String, verdictAt: String? = nil, reason: String? = nil) {
        self.at = at
        self.verdict = verdict
        self.verdictAt = verdictAt
        self.reason = reason
    }
}
