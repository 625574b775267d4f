internal import Bedrock

/// A role, assumed with a token that an identity provider keeps fresh in a file (a Kubernetes service account, for instance).
struct WebIdentityCredentials: AWSCredentialSource {
    let sts: STSClient
    let role: String
    let sessionName: String
    let tokenFile: String

    func fetch() async throws(AWSCredentialsError) -> AWSCredentials {
        let token: WipedBytes
        do throws(SmallFile.Unreadable) {
            token = try SmallFile.read(tokenFile, limit: 32 * 1024)
        } catch {
            throw AWSCredentialsError(.misconfigured, "The web identity token \(tokenFile) cannot be read (\(error.reason)).")
        }
        do throws(AWSFailure) {
            return try await sts.assumeRole(role, sessionName: sessionName, webIdentityToken: token.trimmed())
        } catch {
            throw AWSCredentialsError(error, role: role)
        }
    }
}

extension WipedBytes {
    /// Without white space at both ends.
    func trimmed() -> WipedBytes {
        func isSpace(_ index: Int) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(self[index]) }
        guard let first = (0..<count).first(where: { !isSpace($0) }), let last = (0..<count).last(where: { !isSpace($0) }) else {
            return WipedBytes(capacity: 0)
        }
        return copy(first..<last + 1)
    }
}
