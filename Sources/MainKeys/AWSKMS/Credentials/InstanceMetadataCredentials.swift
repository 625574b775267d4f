internal import Bedrock
internal import KeyHierarchy

/// The credentials of an EC2 instance's role, from its metadata service, version 2 (with a session token; version 1 is not used).
struct InstanceMetadataCredentials: AWSCredentialSource {
    let exchange: AWSExchange
    let wallClock: any WallClock
    let environment: [String: String]

    static func isDisabled(_ environment: [String: String]) -> Bool { environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" }

    func fetch() async throws(AWSCredentialsError) -> AWSCredentials {
        let answer = MetadataAnswer(exchange: exchange, wallClock: wallClock, source: "The instance metadata service")
        let base = try wellFormed { () throws(HTTPFailure) in
            let isIPv6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
            let standard = isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
            return try HTTPURL(environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? standard)
        }
        let ttl = try wellFormed { () throws(HTTPFailure) in try HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "21600") }
        let token = try await answer.ask(try request(.put, base, "/latest/api/token", [ttl]))
        let header = try wellFormed { () throws(HTTPFailure) in try HTTPHeader("X-aws-ec2-metadata-token", secret: token.body.trimmed()) }
        let roles = try await answer.ask(try request(.get, base, "/latest/meta-data/iam/security-credentials/", [header]))
        guard let role = roles.body.text(0..<roles.body.count)?.split(whereSeparator: \.isNewline).first else {
            throw AWSCredentialsError(.refused, "The instance has no role.")
        }
        let path = "/latest/meta-data/iam/security-credentials/\(role)"
        return try answer.credentials(try await answer.ask(try request(.get, base, path, [header])))
    }

    private func request(_ method: HTTPRequest.Method, _ base: HTTPURL, _ path: String, _ headers: [HTTPHeader]) throws(AWSCredentialsError)
        -> HTTPRequest
    {
        try wellFormed { () throws(HTTPFailure) in
            HTTPRequest(
                method, try base.with(path: path), headers: headers, lane: "instance", connectTimeout: .seconds(1), timeout: .seconds(2),
                isMetadata: true)
        }
    }

    private func wellFormed<R>(_ make: () throws(HTTPFailure) -> R) throws(AWSCredentialsError) -> R {
        do throws(HTTPFailure) {
            return try make()
        } catch {
            throw AWSCredentialsError(.misconfigured, "The instance metadata service cannot be asked: \(error.message)")
        }
    }
}
