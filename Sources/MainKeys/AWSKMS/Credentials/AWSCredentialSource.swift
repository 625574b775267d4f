/// Where credentials come from. A source asks afresh each time; `AWSCredentialCache` keeps what it got.
package protocol AWSCredentialSource: Sendable {
    func fetch() async throws(AWSCredentialsError) -> AWSCredentials
}
