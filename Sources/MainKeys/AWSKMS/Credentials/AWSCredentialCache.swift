package import KeyHierarchy

/// Keeps credentials until they are to be renewed; however many ask, the source is asked once at a time.
package actor AWSCredentialCache {
    private let source: any AWSCredentialSource
    private let clock: any BootClock
    private var current: AWSCredentials?
    private var renewal: Task<Result<AWSCredentials, AWSCredentialsError>, Never>?
    /// After a renewal that failed, nobody tries again before this, as long as the old ones serve.
    private var retryAt = BootInstant(nanoseconds: 0)

    package init(_ source: any AWSCredentialSource, clock: any BootClock) {
        self.source = source
        self.clock = clock
    }

    /// Credentials that have not ended. Only those who find none wait for the source.
    package func credentials() async throws(AWSCredentialsError) -> AWSCredentials {
        let now = clock.now
        guard let current, current.expiresAt.map({ now < $0 }) ?? true else { return try await renew() }
        if let renewAt = current.renewAt, now >= renewAt, now >= retryAt, renewal == nil { startRenewal() }
        return current
    }

    /// Others than `refused`, which AWS does not take any more.
    package func credentials(insteadOf refused: AWSCredentials) async throws(AWSCredentialsError) -> AWSCredentials {
        if let current, current.secretAccessKey !== refused.secretAccessKey { return try await credentials() }
        return try await renew()
    }

    private func renew() async throws(AWSCredentialsError) -> AWSCredentials {
        let task = renewal ?? startRenewal()
        return try await task.value.get()
    }

    @discardableResult
    private func startRenewal() -> Task<Result<AWSCredentials, AWSCredentialsError>, Never> {
        let source = source
        let task = Task {
            let result: Result<AWSCredentials, AWSCredentialsError>
            do throws(AWSCredentialsError) {
                result = .success(try await source.fetch())
            } catch {
                result = .failure(error)
            }
            finish(result)
            return result
        }
        renewal = task
        return task
    }

    private func finish(_ result: Result<AWSCredentials, AWSCredentialsError>) {
        renewal = nil
        switch result {
        case .success(let credentials): current = credentials
        case .failure: retryAt = clock.now.advanced(by: .seconds(10))
        }
    }
}
