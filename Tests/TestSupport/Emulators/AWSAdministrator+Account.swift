import JSONSchema

/// What the owner of an account does with keys, roles and users.
extension AWSAdministrator {
    /// Makes a symmetric key with material of AWS's own, and returns its ARN.
    package func createKey(policy: String? = nil, spec: String = "SYMMETRIC_DEFAULT", usage: String = "ENCRYPT_DECRYPT") async throws
        -> String
    {
        var fields: [String: JSONValue] = ["KeySpec": .string(spec), "KeyUsage": .string(usage)]
        if let policy { fields["Policy"] = .string(policy) }
        return try await metadata(kms("CreateKey", fields), "Arn")
    }

    package func disableKey(_ key: String) async throws {
        try await kms("DisableKey", ["KeyId": .string(key)])
    }

    package func enableKey(_ key: String) async throws {
        try await kms("EnableKey", ["KeyId": .string(key)])
    }

    package func scheduleDeletion(of key: String, days: Int = 7) async throws {
        try await kms("ScheduleKeyDeletion", ["KeyId": .string(key), "PendingWindowInDays": .number(Double(days))])
    }

    /// Gives `key` a name, which starts with `alias/`.
    package func createAlias(_ alias: String, for key: String) async throws {
        try await kms("CreateAlias", ["AliasName": .string(alias), "TargetKeyId": .string(key)])
    }

    package func moveAlias(_ alias: String, to key: String) async throws {
        // LocalStack takes an ARN, and then does not find the key.
        let id = key.split(separator: "/").last.map(String.init) ?? key
        try await kms("UpdateAlias", ["AliasName": .string(alias), "TargetKeyId": .string(id)])
    }

    package func rotateKey(_ key: String) async throws {
        try await kms("RotateKeyOnDemand", ["KeyId": .string(key)])
    }

    package func putKeyPolicy(_ policy: String, on key: String) async throws {
        try await kms("PutKeyPolicy", ["KeyId": .string(key), "PolicyName": "default", "Policy": .string(policy)])
    }

    /// The generation that the KMS tells; nil where it tells none.
    package func currentGeneration(of key: String) async throws -> String? {
        try await kms("DescribeKey", ["KeyId": .string(key)])["KeyMetadata"]?.fields?["CurrentKeyMaterialId"]?.text
    }

    /// Makes a role, and returns its ARN. `policy` is what the role may do; nil for nothing.
    package func createRole(_ name: String, trust: String, policy: String? = nil) async throws -> String {
        let answer = try await query("iam", "CreateRole", ["RoleName": name, "AssumeRolePolicyDocument": trust])
        if let policy {
            _ = try await query("iam", "PutRolePolicy", ["RoleName": name, "PolicyName": "inline", "PolicyDocument": policy])
        }
        return try found(answer["Arn"], "Arn")
    }

    /// Makes a user with an access key. `policy` is what the user may do; nil for nothing.
    package func createUser(_ name: String, policy: String? = nil) async throws -> (arn: String, credentials: AWSCredentials) {
        let user = try await query("iam", "CreateUser", ["UserName": name])
        if let policy {
            _ = try await query("iam", "PutUserPolicy", ["UserName": name, "PolicyName": "inline", "PolicyDocument": policy])
        }
        let key = try await query("iam", "CreateAccessKey", ["UserName": name])
        return (
            try found(user["Arn"], "Arn"),
            AWSCredentials(
                accessKeyID: try found(key["AccessKeyId"], "AccessKeyId"), secret: try found(key["SecretAccessKey"], "SecretAccessKey"))
        )
    }

    /// Credentials of a role for a session.
    package func assumeRole(_ role: String, session: String = "test", externalID: String? = nil) async throws -> AWSCredentials {
        var parameters = ["RoleArn": role, "RoleSessionName": session]
        parameters["ExternalId"] = externalID
        let answer = try await query("sts", "AssumeRole", parameters)
        return AWSCredentials(
            accessKeyID: try found(answer["AccessKeyId"], "AccessKeyId"), secret: try found(answer["SecretAccessKey"], "SecretAccessKey"),
            sessionToken: try found(answer["SessionToken"], "SessionToken"))
    }

    private func metadata(_ answer: [String: JSONValue], _ field: String) throws -> String {
        try found(answer["KeyMetadata"]?.fields?[field]?.text, field)
    }

    private func found(_ value: String?, _ field: String) throws -> String {
        guard let value else { throw ProcessFailure("the emulator's answer has no \(field)") }
        return value
    }
}
