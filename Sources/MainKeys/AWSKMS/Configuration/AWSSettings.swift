/// The `aws:` and `kms:` sections of the daemon's configuration, as far as AWS KMS reads them.
package struct AWSSettings: Sendable {
    /// For keys that are not named by an ARN, and for STS. The region of a key ARN wins.
    package var region: String?
    /// The endpoint of every AWS service that no more particular setting names.
    package var endpoint: String?
    /// The profile of the shared files; it wins over `AWS_PROFILE`, and over credentials in the environment.
    package var profile: String?
    /// For one operation, with all its attempts.
    package var timeout: Duration

    package init(region: String? = nil, endpoint: String? = nil, profile: String? = nil, timeout: Duration = .seconds(5)) {
        self.region = region
        self.endpoint = endpoint
        self.profile = profile
        self.timeout = timeout
    }
}
