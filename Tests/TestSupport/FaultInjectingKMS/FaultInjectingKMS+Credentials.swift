import Foundation
import JSONSchema

/// What STS, the instance's metadata and the container's agent answer.
extension FaultInjectingKMS.Account {
    mutating func answer(_ operation: Operation, parameters: [String: String], signer: String?) throws(Refusal) -> Answer {
        if operation == .getCallerIdentity {
            return xml(operation, "<Arn>arn:aws:iam::\(FaultInjectingKMS.account):user/ekmd</Arn>")
        }
        let arn = parameters["RoleArn"] ?? ""
        guard let role = roles[arn] else { throw denied(operation, arn) }
        if operation == .assumeRole {
            guard role.externalID == parameters["ExternalId"] else { throw denied(operation, arn) }
        } else {
            guard let token = role.webIdentityToken, token == parameters["WebIdentityToken"] else {
                throw Refusal("InvalidIdentityToken", "The web identity token that was passed could not be validated.")
            }
        }
        let credentials = issue()
        return xml(
            operation,
            """
            <AssumedRoleUser><AssumedRoleId>AROAFAULTINJECTING:s</AssumedRoleId><Arn>\(arn)</Arn></AssumedRoleUser>\
            <Credentials><AccessKeyId>\(credentials.accessKeyID)</AccessKeyId><SecretAccessKey>\(credentials.secret)</SecretAccessKey>\
            <SessionToken>\(credentials.sessionToken)</SessionToken><Expiration>\(Self.format(credentials.expiration))</Expiration>\
            </Credentials>
            """)
    }

    mutating func answer(_ operation: Operation, path: String, headers: [String: String]) -> Answer {
        switch operation {
        case .instanceToken:
            guard headers["x-aws-ec2-metadata-token-ttl-seconds"].flatMap(Int.init) != nil else { return plain(400, "") }
            return plain(200, instanceToken)
        case .instanceRole, .instanceCredentials:
            guard headers["x-aws-ec2-metadata-token"] == instanceToken else { return plain(401, "") }
            guard let instanceRole else { return plain(404, "") }
            if operation == .instanceRole { return plain(200, instanceRole) }
            guard path.hasSuffix("/\(instanceRole)") else { return plain(404, "") }
            var fields = fields(of: issue())
            fields["Code"] = "Success"
            fields["Type"] = "AWS-HMAC"
            return Answer(fields: fields)
        case .containerCredentials:
            guard let containerToken else { return plain(404, "") }
            guard headers["authorization"] == containerToken else { return plain(401, "") }
            return Answer(fields: fields(of: issue()))
        default:
            return plain(404, "")
        }
    }

    /// Throws when the signer's credentials are not, or no longer, good.
    func checkSigner(_ accessKeyID: String, token: String?) throws(Refusal) {
        let invalid = Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
        if refusedAccessKeys.contains(accessKeyID) { throw invalid }
        guard accessKeyID.hasPrefix("ASIA") else { return }
        guard let credentials = issued[accessKeyID], credentials.sessionToken == token else { throw invalid }
        if credentials.expired || credentials.expiration < Date() {
            throw Refusal("ExpiredTokenException", "The security token included in the request is expired")
        }
    }

    private mutating func issue() -> FaultInjectingKMS.IssuedCredentials {
        let random = { UUID().uuidString.replacing("-", with: "") }
        let credentials = FaultInjectingKMS.IssuedCredentials(
            accessKeyID: "ASIA\(random().prefix(16))", secret: random() + "/+" + String(random().prefix(6)),
            sessionToken: "token/\(random())+\(random())==", expiration: Date() + 3600)
        issued[credentials.accessKeyID] = credentials
        return credentials
    }

    private func fields(of credentials: FaultInjectingKMS.IssuedCredentials) -> [String: JSONValue] {
        [
            "AccessKeyId": .string(credentials.accessKeyID), "SecretAccessKey": .string(credentials.secret),
            "Token": .string(credentials.sessionToken), "Expiration": .string(Self.format(credentials.expiration)),
        ]
    }

    private func denied(_ operation: Operation, _ arn: String) -> Refusal {
        Refusal(
            "AccessDenied",
            "User: arn:aws:iam::\(FaultInjectingKMS.account):user/ekmd is not authorized to perform: sts:\(operation.rawValue) on "
                + "resource: \(arn)", status: 403)
    }

    private func xml(_ operation: Operation, _ result: String) -> Answer {
        let name = operation.rawValue
        return Answer(
            contentType: "text/xml",
            body: """
                <\(name)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(name)Result>\(result)</\(name)Result>\
                <ResponseMetadata><RequestId>\(UUID().uuidString.lowercased())</RequestId></ResponseMetadata></\(name)Response>
                """)
    }

    private func plain(_ status: Int, _ text: String) -> Answer {
        Answer(status: status, contentType: "text/plain", body: text)
    }

    /// `2026-01-31T23:59:59Z`
    private static func format(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle())
    }
}
