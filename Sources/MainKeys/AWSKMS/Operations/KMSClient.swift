internal import Bedrock
internal import KeyHierarchy

/// AWS KMS in one region, with one identity. Each operation has a file of its own.
struct KMSClient: Sendable {
    let exchange: AWSExchange
    let configuration: AWSConfiguration
    let region: String
    let credentials: AWSCredentialCache

    struct Answer {
        let document: JSONDocument
        let sentAt: BootInstant
    }

    /// The context that binds what KMS encrypts to one environment, and by which a key policy can tell environments apart.
    static func context(of environment: EnvironmentName) -> [(key: String, value: String)] {
        [(key: "ekm:environment", value: environment.environment), (key: "ekm:workspace", value: environment.workspace)]
    }

    /// Calls once with the credentials at hand, and once more with new ones where AWS does not take these any more.
    func call(_ operation: String, key: String, _ body: WipedBytes) async throws(AWSFailure) -> Answer {
        let deadline = exchange.clock.now.advanced(by: configuration.settings.timeout)
        let known = try await mapped(operation) { () async throws(AWSCredentialsError) in try await credentials.credentials() }
        do throws(AWSFailure) {
            return try await send(operation, key: key, body, as: known, deadline: deadline)
        } catch {
            guard case .service(let answer) = error.origin, AWSVerdict.rule(for: answer).remedy == .renewCredentials else { throw error }
            let renewed = try await mapped(operation) { () async throws(AWSCredentialsError) in
                try await credentials.credentials(insteadOf: known)
            }
            do throws(AWSFailure) {
                return try await send(operation, key: key, body, as: renewed, deadline: deadline)
            } catch { throw error.asRefusal(of: renewed) }
        }
    }

    private func send(
        _ operation: String, key: String, _ body: WipedBytes, as credentials: AWSCredentials, deadline: BootInstant
    ) async throws(AWSFailure) -> Answer {
        let url = try await mapped(operation) { () throws(AWSCredentialsError) in try configuration.endpoint(of: .kms, region: region) }
        let left = exchange.clock.now.remaining(until: deadline)
        let response = try await exchange.send(.json, operation: operation, timeout: left) { (left) throws(HTTPFailure) in
            HTTPRequest(
                .post, url,
                headers: [
                    try HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
                    try HTTPHeader("X-Amz-Target", "TrentService.\(operation)"),
                ] + (try credentials.tokenHeaders()), body: body, signature: credentials.signature(region: region, service: .kms),
                lane: key, connectTimeout: min(.seconds(2), left), timeout: left)
        }
        guard let document = try? JSONDocument(response.body) else {
            throw AWSFailure(
                .answer("KMS answered \(operation) with something that is not JSON."), verdict: .unreachable, operation: operation)
        }
        return Answer(document: document, sentAt: response.sentAt)
    }

    private func mapped<R>(
        _ operation: String, _ work: () async throws(AWSCredentialsError) -> R
    ) async throws(AWSFailure) -> R {
        do throws(AWSCredentialsError) {
            return try await work()
        } catch {
            throw AWSFailure(.credentials(error), verdict: error.verdict, operation: operation)
        }
    }
}
