/// Credentials that were read already.
struct KnownCredentials: AWSCredentialSource {
    let credentials: AWSCredentials

    func fetch() async throws(AWSCredentialsError) -> AWSCredentials { credentials }
}
