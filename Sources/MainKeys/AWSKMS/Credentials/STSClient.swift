internal import Bedrock
internal import KeyHierarchy

/// AWS's Security Token Service: a role's credentials for those of someone who may assume it.
struct STSClient: Sendable {
    let exchange: AWSExchange
    let configuration: AWSConfiguration
    let wallClock: any WallClock
    let region: String

    func assumeRole(
        _ role: String, sessionName: String, externalID: String?, duration: String?, as credentials: AWSCredentials
    ) async throws(AWSFailure) -> AWSCredentials {
        var form = Self.form("AssumeRole", role, sessionName)
        if let externalID { form.add("ExternalId", externalID) }
        if let duration { form.add("DurationSeconds", duration) }
        return try await send(form.finish(), "AssumeRole", role: role, credentials: credentials)
    }

    /// Unsigned: the token is the proof.
    func assumeRole(_ role: String, sessionName: String, webIdentityToken: WipedBytes) async throws(AWSFailure) -> AWSCredentials {
        var form = Self.form("AssumeRoleWithWebIdentity", role, sessionName)
        form.add("WebIdentityToken", secret: webIdentityToken)
        return try await send(form.finish(), "AssumeRoleWithWebIdentity", role: role, credentials: nil)
    }

    private static func form(_ action: String, _ role: String, _ sessionName: String) -> FormBody {
        var form = FormBody()
        form.add("Action", action)
        form.add("Version", "2011-06-15")
        form.add("RoleArn", role)
        form.add("RoleSessionName", sessionName)
        return form
    }

    private func send(_ body: WipedBytes, _ operation: String, role: String, credentials: AWSCredentials?) async throws(AWSFailure)
        -> AWSCredentials
    {
        let url: HTTPURL
        do throws(AWSCredentialsError) {
            url = try configuration.endpoint(of: .sts, region: region)
        } catch {
            throw AWSFailure(.credentials(error), verdict: error.verdict, operation: operation)
        }
        let timeout = configuration.settings.timeout
        let response = try await exchange.send(.query, operation: operation, timeout: timeout) { (left) throws(HTTPFailure) in
            HTTPRequest(
                .post, url,
                headers: [try HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
                    + (try credentials?.tokenHeaders() ?? []),
                body: body, signature: credentials?.signature(region: region, service: .sts), lane: role,
                connectTimeout: min(.seconds(2), left),
                timeout: left)
        }
        let answer = XMLAnswer(response.body)
        guard let accessKeyID = answer.text("Credentials", "AccessKeyId"), let secret = answer.secret("Credentials", "SecretAccessKey"),
            let token = answer.secret("Credentials", "SessionToken"), let text = answer.text("Credentials", "Expiration"),
            let expiration = UTCTime(iso8601: text)?.seconds
        else {
            throw AWSFailure(.answer("STS answered \(operation) without whole credentials."), verdict: .unreachable, operation: operation)
        }
        return AWSCredentials(
            accessKeyID: accessKeyID, secretAccessKey: secret, sessionToken: token, lifetime: .seconds(expiration - wallClock.now.seconds),
            now: exchange.clock.now, source: "the role \(role)")
    }
}

extension AWSCredentialsError {
    /// What a failure of STS means for those who wait for credentials.
    init(_ failure: AWSFailure, role: String) {
        if case .credentials(let error) = failure.origin {
            self = error
            return
        }
        let code: Code =
            switch failure.verdict {
            case .throttled: .throttled
            case .unreachable: .unreachable
            default: .refused
            }
        self.init(code, "STS gave no credentials for the role \(role).", reason: failure.reason)
    }
}
