/// A reference to a key in AWS KMS, and how to get at it.
public struct AWSKMSKey: Hashable, Sendable {
    /// A key ARN, a key id or an alias ARN.
    public var reference: String
    /// The role to assume first, or nil.
    public var roleARN: String?
    /// The external id to assume the role with, or nil.
    public var externalID: String?

    public init(reference: String, roleARN: String? = nil, externalID: String? = nil) {
        self.reference = reference
        self.roleARN = roleARN
        self.externalID = externalID
    }
}
