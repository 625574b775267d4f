internal import Bedrock
internal import KeyHierarchy

/// The JSON in which metadata services of machines and containers hand out credentials.
struct MetadataAnswer {
    let exchange: AWSExchange
    let wallClock: any WallClock
    let source: String

    func credentials(_ response: HTTPResponse) throws(AWSCredentialsError) -> AWSCredentials {
        guard let document = try? JSONDocument(response.body) else {
            throw AWSCredentialsError(.unreachable, "\(source) answered with something that is not JSON.")
        }
        if let code = document.text("Code"), code != "Success" {
            throw AWSCredentialsError(.refused, "\(source) gave no credentials.", reason: "\(code): \(document.text("Message") ?? "")")
        }
        guard let accessKeyID = document.text("AccessKeyId"), let secret = document.secret("SecretAccessKey") else {
            throw AWSCredentialsError(.refused, "\(source) answered without credentials.")
        }
        var lifetime: Duration?
        if let text = document.text("Expiration") {
            guard let expiration = UTCTime(iso8601: text)?.seconds else {
                throw AWSCredentialsError(.unreachable, "\(source) gave credentials whose end is not a time.")
            }
            lifetime = .seconds(expiration - wallClock.now.seconds)
        }
        return AWSCredentials(
            accessKeyID: accessKeyID, secretAccessKey: secret, sessionToken: document.secret("Token"), lifetime: lifetime,
            now: exchange.clock.now,
            source: source)
    }

    /// Tries again where it may help; a metadata service is near, and answers at once or not at all.
    func ask(_ request: HTTPRequest) async throws(AWSCredentialsError) -> HTTPResponse {
        do throws(AWSFailure) {
            return try await exchange.send(.json, operation: source, timeout: .seconds(3)) { _ in request }
        } catch {
            switch error.origin {
            case .service(let answer) where answer.status < 500 && answer.status != 429 && answer.status != 408:
                throw AWSCredentialsError(.refused, "\(source) gave no credentials.", reason: answer.description)
            case .network(let failure) where failure.code == .invalidRequest:
                throw AWSCredentialsError(.misconfigured, "\(source) cannot be asked: \(failure.message)")
            default: throw AWSCredentialsError(.unreachable, "\(source) did not answer.", reason: error.reason)
            }
        }
    }
}
