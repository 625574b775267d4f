/// What `policy aws-kms --json` prints.
struct AWSPolicyReport: Encodable, Sendable {
    let keyPolicy: AWSPolicy
    let trustPolicy: AWSPolicy?
    let externalID: String?

    private enum CodingKeys: String, CodingKey { case keyPolicy, trustPolicy, externalID }

    /// Every field is there; what does not apply is null.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(keyPolicy, forKey: .keyPolicy)
        try container.encode(trustPolicy, forKey: .trustPolicy)
        try container.encode(externalID, forKey: .externalID)
    }
}
