extension MainKeyDeclaration {
    /// Symmetric keys in AWS KMS.
    package static let awsKMS = MainKeyDeclaration(
        name: "aws-kms", title: "AWS KMS",
        key: DeclaredField(
            "key", valueName: "arn", help: "A key in AWS KMS: its ARN or id, or its alias's ARN.",
            expected: "the ARN or the id of a key in AWS KMS, or its alias (arn:aws:kms:REGION:ACCOUNT:key/ID)"
        ) { AWSKeyReference($0) != nil },
        options: [
            DeclaredField(
                "role-arn", valueName: "arn", help: "A role to assume for the key.",
                expected: "the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME)", isValid: AWSIdentity.isARN),
            // STS takes 2 to 1,224 of these characters.
            DeclaredField(
                "external-id", valueName: "id", help: "The external id to assume the role with: by default the environment's own.",
                expected: "2 or more letters, digits and characters of _+=,.@:/-", limit: 1224, needs: "role-arn", isOwnID: true,
                isValid: AWSIdentity.isExternalID),
        ],
        section: DeclaredSection(
            "aws",
            settings: [
                DeclaredField("region", valueName: "region", expected: "an AWS region, such as eu-central-1", limit: 63, isValid: isRegion),
                DeclaredField(
                    "endpoint", valueName: "url", expected: "an https:// URL (http:// only to 127.0.0.1, [::1] or localhost)",
                    isValid: isEndpoint),
                DeclaredField("profile", valueName: "name", expected: "text"),
                DeclaredField("ca_bundle", valueName: "file", expected: "an absolute path") { $0.hasPrefix("/") },
            ]),
        policy: awsPolicy)

    private static let awsPolicy = DeclaredPolicy(
        discussion: """
            --principal is the identity that ekmd runs as. With --role-arn, ekmd assumes that role, which may be in the customer's account: \
            the key policy then names the role, and its trust policy lets ekmd in with the external id that ekmd made for this environment. \
            The external id protects against a confused deputy: no other customer's role can be reached with it.
            """,
        inputs: [
            DeclaredField(
                "principal", valueName: "arn", help: "The ARN of the identity that ekmd runs as.",
                expected: "the ARN of an identity of IAM or STS", isValid: AWSIdentity.isARN),
            DeclaredField(
                "role-arn", valueName: "arn", help: "The role that ekmd assumes for the key.",
                expected: "the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME)", isValid: AWSIdentity.isARN),
        ],
        required: ["principal"], wantsOwnID: "role-arn"
    ) { question in
        let (principal, role) = (question.inputs["principal"] ?? "", question.inputs["role-arn"])
        let keyPolicy = AWSPolicy.key(for: question, principal: role ?? principal)
        var documents = [
            DeclaredPolicy.Document(
                "Add these statements to the policy of the key; keep the statement by which its owner administers it.", keyPolicy)
        ]
        guard let role, let id = question.ownID else {
            return DeclaredPolicy.Text(
                documents: documents, closing: nil, report: AWSPolicyReport(keyPolicy: keyPolicy, trustPolicy: nil, externalID: nil))
        }
        let trustPolicy = AWSPolicy.trust(principal: principal, externalID: id)
        documents.append(DeclaredPolicy.Document("\nThe trust policy of the role \(role):", trustPolicy))
        return DeclaredPolicy.Text(
            documents: documents,
            closing: "\nThen: ekmctl env create \(question.workspace)/\(question.environment) --aws-kms KEY-ARN --role-arn \(role)",
            report: AWSPolicyReport(keyPolicy: keyPolicy, trustPolicy: trustPolicy, externalID: id))
    }

    private static func isRegion(_ text: String) -> Bool {
        text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }

    /// Secrets cross it: TLS, or a loopback.
    private static func isEndpoint(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return false }
        if text.hasPrefix("https://") { return text.utf8.count > 8 }
        guard text.hasPrefix("http://") else { return false }
        let authority = text.dropFirst(7).prefix { $0 != "/" }
        return ["127.0.0.1", "[::1]", "localhost"].contains { authority == $0 || authority.hasPrefix($0 + ":") }
    }
}
