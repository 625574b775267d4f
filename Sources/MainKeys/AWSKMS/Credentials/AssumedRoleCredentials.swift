/// A role, assumed with someone else's credentials.
struct AssumedRoleCredentials: AWSCredentialSource {
    let sts: STSClient
    let role: String
    let sessionName: String
    var externalID: String?
    /// In seconds.
    var duration: String?
    let base: any AWSCredentialSource

    func fetch() async throws(AWSCredentialsError) -> AWSCredentials {
        let credentials = try await base.fetch()
        do throws(AWSFailure) {
            return try await assume(as: credentials)
        } catch {
            guard case .service(let answer) = error.origin, AWSVerdict.rule(for: answer).remedy == .renewCredentials,
                let cache = base as? AWSCredentialCache
            else { throw AWSCredentialsError(error.asRefusal(of: credentials), role: role) }
            let renewed = try await cache.credentials(insteadOf: credentials)
            do throws(AWSFailure) {
                return try await assume(as: renewed)
            } catch {
                throw AWSCredentialsError(error.asRefusal(of: renewed), role: role)
            }
        }
    }

    private func assume(as credentials: AWSCredentials) async throws(AWSFailure) -> AWSCredentials {
        try await sts.assumeRole(role, sessionName: sessionName, externalID: externalID, duration: duration, as: credentials)
    }
}

extension AWSCredentialCache: AWSCredentialSource {
    package func fetch() async throws(AWSCredentialsError) -> AWSCredentials { try await credentials() }
}
