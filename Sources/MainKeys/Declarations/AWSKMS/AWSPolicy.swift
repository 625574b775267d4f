/// A policy in AWS's language.
struct AWSPolicy: Encodable, Sendable {
    struct Statement: Encodable, Sendable {
        let sid: String
        let principal: [String: String]
        let action: [String]
        var resource: String?
        var condition: [String: [String: String]]?

        private enum CodingKeys: String, CodingKey {
            case sid = "Sid"
            case effect = "Effect"
            case principal = "Principal"
            case action = "Action"
            case resource = "Resource"
            case condition = "Condition"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(sid, forKey: .sid)
            try container.encode("Allow", forKey: .effect)
            try container.encode(principal, forKey: .principal)
            try container.encode(action, forKey: .action)
            try container.encodeIfPresent(resource, forKey: .resource)
            try container.encodeIfPresent(condition, forKey: .condition)
        }
    }

    let version = "2012-10-17"
    let statements: [Statement]

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statements = "Statement"
    }

    /// The least that ekmd needs of a key: to encrypt and decrypt for this environment alone, and to see how the key is.
    ///
    /// What only looks carries no encryption context, and so stands in a statement of its own.
    static func key(for environment: DeclaredPolicy.Question, principal: String) -> AWSPolicy {
        let context = [
            "kms:EncryptionContext:ekm:workspace": environment.workspace,
            "kms:EncryptionContext:ekm:environment": environment.environment,
        ]
        return AWSPolicy(statements: [
            Statement(
                sid: "EkmdEncryptsAndDecryptsForThisEnvironment", principal: ["AWS": principal], action: ["kms:Encrypt", "kms:Decrypt"],
                resource: "*", condition: ["StringEquals": context]),
            Statement(
                sid: "EkmdSeesTheKeysStateAndRotation", principal: ["AWS": principal],
                action: ["kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:ListKeyRotations"], resource: "*"),
        ])
    }

    /// Lets ekmd assume a role, with the external id of one environment.
    static func trust(principal: String, externalID: String) -> AWSPolicy {
        AWSPolicy(statements: [
            Statement(
                sid: "EkmdAssumesThisRole", principal: ["AWS": principal], action: ["sts:AssumeRole"],
                condition: ["StringEquals": ["sts:ExternalId": externalID]])
        ])
    }
}
