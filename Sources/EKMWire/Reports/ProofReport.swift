/// How the last call to an environment's main key ended.
public struct ProofReport: Codable, Hashable, Sendable {
    /// When the request was sent that the main key last answered with a successful decrypt; nil where there was none.
    public var at: String?
    /// The last verdict: `none`, `granted`, `restricted`, `revoked`, `mismatched`, `throttled` or `unreachable`.
    public var verdict: String
    /// What the KMS said, in its own words.
    public var reason: String?

    public init(at: String? = nil, verdict: String, reason: String? = nil) {
        self.at = at
        self.verdict = verdict
        self.reason = reason
    }

    private enum CodingKeys: String, CodingKey {
        case at, verdict, reason
    }

    /// Optional fields are written as null, so that a reader finds every name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(at, forKey: .at)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(reason, forKey: .reason)
    }
}
