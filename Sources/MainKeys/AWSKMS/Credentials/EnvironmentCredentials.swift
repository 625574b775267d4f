internal import Bedrock

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`.
struct EnvironmentCredentials: AWSCredentialSource {
    let environment: [String: String]

    func fetch() async throws(AWSCredentialsError) -> AWSCredentials {
        guard let accessKeyID = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            throw AWSCredentialsError(
                .misconfigured, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together, and only one of them is set.")
        }
        return AWSCredentials(
            accessKeyID: accessKeyID, secretAccessKey: WipedBytes(secret),
            sessionToken: environment["AWS_SESSION_TOKEN"].map { WipedBytes($0) },
            source: "the environment")
    }
}
