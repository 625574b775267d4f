internal import Bedrock
internal import KeyHierarchy

/// The credentials of an ECS task or an EKS pod, from the agent beside it.
struct ContainerCredentials: AWSCredentialSource {
    let exchange: AWSExchange
    let wallClock: any WallClock
    let environment: [String: String]

    static func isConfigured(_ environment: [String: String]) -> Bool {
        environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] != nil || environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] != nil
    }

    func fetch() async throws(AWSCredentialsError) -> AWSCredentials {
        let answer = MetadataAnswer(exchange: exchange, wallClock: wallClock, source: "The container's credential service")
        let request: HTTPRequest
        do throws(HTTPFailure) {
            let url: HTTPURL
            if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
                url = try HTTPURL("http://169.254.170.2\(path.hasPrefix("/") ? "" : "/")\(path)")
            } else {
                url = try HTTPURL(environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? "")
            }
            request = HTTPRequest(
                .get, url, headers: [try HTTPHeader("Accept", "application/json")] + (try authorization()), lane: "container",
                connectTimeout: .seconds(1), timeout: .seconds(2), isMetadata: true)
            try request.check()
        } catch {
            throw AWSCredentialsError(.misconfigured, "The container's credential service cannot be asked: \(error.message)")
        }
        return try answer.credentials(try await answer.ask(request))
    }

    /// The file wins, since only it can change.
    private func authorization() throws(HTTPFailure) -> [HTTPHeader] {
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            do throws(SmallFile.Unreadable) {
                let token = try SmallFile.read(path, limit: 32 * 1024)
                return [try Self.header(token)]
            } catch {
                throw HTTPFailure(.invalidRequest, "The authorization token \(path) cannot be read (\(error.reason)).")
            }
        }
        guard let token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] else { return [] }
        return [try HTTPHeader("Authorization", token)]
    }

    private static func header(_ token: WipedBytes) throws(SmallFile.Unreadable) -> HTTPHeader {
        guard let header = try? HTTPHeader("Authorization", secret: token.trimmed()) else { throw SmallFile.Unreadable(code: 22) }
        return header
    }
}
