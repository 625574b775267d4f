/// The main key of an environment.
public struct MainKeyReport: Codable, Hashable, Sendable {
    /// `managed`, `material` or `aws-kms`; `unknown` of one that is no longer recorded.
    public var kind: String
    /// What names the key: for AWS KMS the key ARN it was pinned to.
    public var reference: String
    /// The version of the key's material, as its KMS names it; nil where it is not known.
    @Nullable public var generation: String?
    /// The role that is assumed to reach the key.
    @Nullable public var roleARN: String?
    /// The external id with which it is assumed.
    @Nullable public var externalID: String?

    public init(kind: String, reference: String, generation: String? = nil, roleARN: String? = nil, externalID: String? = nil) {
        self.kind = kind
        self.reference = reference
        self.generation = generation
        self.roleARN = roleARN
        self.externalID = externalID
    }
}
