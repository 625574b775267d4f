internal import Bedrock
internal import KeyHierarchy

/// Finds credentials as AWS tools do: environment, web identity, the profile of the shared files, the container, the instance.
///
/// The shared files are read each time, so that new keys in them are found without a restart.
struct AWSCredentialChain: AWSCredentialSource {
    let exchange: AWSExchange
    let configuration: AWSConfiguration
    let wallClock: any WallClock
    /// Whether the profile that nobody names has given credentials: from then on they come from it or from nowhere.
    private let hadProfile = Lock(false)

    init(exchange: AWSExchange, configuration: AWSConfiguration, wallClock: any WallClock) {
        self.exchange = exchange
        self.configuration = configuration
        self.wallClock = wallClock
    }

    private var environment: [String: String] { configuration.environment }
    private var sts: STSClient {
        STSClient(exchange: exchange, configuration: configuration, wallClock: wallClock, region: configuration.stsRegion)
    }

    func fetch() async throws(AWSCredentialsError) -> AWSCredentials {
        // A profile that the daemon's configuration names wins over the environment.
        if !configuration.isProfileExplicit {
            if environment["AWS_ACCESS_KEY_ID"] != nil || environment["AWS_SECRET_ACCESS_KEY"] != nil {
                return try await EnvironmentCredentials(environment: environment).fetch()
            }
            if let source = webIdentity() { return try await source.fetch() }
        }
        let profiles = try SharedProfiles(environment: environment)
        if let source = try source(ofProfile: configuration.profileName, profiles, visited: []) {
            hadProfile.withLock { $0 = true }
            return try await source.fetch()
        }
        // Somebody writes the files anew, perhaps. Who falls through to the instance's role now asks as somebody else.
        guard !configuration.isProfileNamed, !hadProfile.withLock({ $0 }) else {
            throw AWSCredentialsError(
                .misconfigured,
                "The AWS profile '\(configuration.profileName)' has no credentials in the shared files now, and no others are taken for it."
            )
        }
        if ContainerCredentials.isConfigured(environment) { return try await container.fetch() }
        guard !InstanceMetadataCredentials.isDisabled(environment) else {
            throw Self.nothing("the instance metadata service is switched off")
        }
        do throws(AWSCredentialsError) {
            return try await instance.fetch()
        } catch {
            guard error.code != .misconfigured else { throw error }
            let none = Self.nothing("the instance metadata service gave none")
            throw AWSCredentialsError(error.code, none.message, reason: error.description)
        }
    }

    private static func nothing(_ last: String) -> AWSCredentialsError {
        AWSCredentialsError(
            .none, "There are no AWS credentials: not in the environment, not in the shared files, not in a container, and \(last).")
    }

    private var container: ContainerCredentials { ContainerCredentials(exchange: exchange, wallClock: wallClock, environment: environment) }
    private var instance: InstanceMetadataCredentials {
        InstanceMetadataCredentials(exchange: exchange, wallClock: wallClock, environment: environment)
    }

    private func webIdentity() -> WebIdentityCredentials? {
        guard let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"], let role = environment["AWS_ROLE_ARN"] else { return nil }
        return WebIdentityCredentials(sts: sts, role: role, sessionName: environment["AWS_ROLE_SESSION_NAME"] ?? "ekmd", tokenFile: file)
    }

    /// - Returns: nil where the profile says nothing of credentials.
    private func source(
        ofProfile name: String, _ profiles: SharedProfiles, visited: [String]
    ) throws(AWSCredentialsError) -> (any AWSCredentialSource)? {
        guard let profile = profiles.profile(name) else {
            if visited.isEmpty { return nil }
            throw Self.wrong(visited.last ?? name, "its source_profile '\(name)' does not exist")
        }
        let keys = profile.values["aws_access_key_id"] != nil || profile.secrets["aws_secret_access_key"] != nil
        // Keys of a profile that another takes as its source count before a role of its own.
        if keys, !visited.isEmpty { return try staticKeys(name, profile, isSettled: profiles.isSettled) }
        guard !visited.contains(name) else { throw Self.wrong(name, "its source_profile leads back to it") }
        if let role = profile.values["role_arn"] { return try roleSource(role, name, profile, profiles, visited: visited + [name]) }
        if keys { return try staticKeys(name, profile, isSettled: profiles.isSettled) }
        for key in ["sso_session", "sso_start_url", "credential_process", "login_session"] where profile.values[key] != nil {
            throw AWSCredentialsError(
                .notSupported, "The AWS profile '\(name)' takes its credentials through \(key), which ekmd does not support. Use a role.")
        }
        return nil
    }

    private func staticKeys(
        _ name: String, _ profile: ProfileFile.Section, isSettled: Bool
    ) throws(AWSCredentialsError) -> any AWSCredentialSource {
        guard let accessKeyID = profile.values["aws_access_key_id"], let secret = profile.secrets["aws_secret_access_key"], secret.count > 0
        else {
            throw Self.wrong(name, "aws_access_key_id and aws_secret_access_key belong together, and one of them is missing")
        }
        return KnownCredentials(
            credentials: AWSCredentials(
                accessKeyID: accessKeyID, secretAccessKey: secret, sessionToken: profile.secrets["aws_session_token"],
                source: "the profile '\(name)'", isSettled: isSettled))
    }

    private func roleSource(
        _ role: String, _ name: String, _ profile: ProfileFile.Section, _ profiles: SharedProfiles, visited: [String]
    ) throws(AWSCredentialsError) -> any AWSCredentialSource {
        let sessionName = profile.values["role_session_name"] ?? "ekmd"
        if let file = profile.values["web_identity_token_file"] {
            return WebIdentityCredentials(sts: sts, role: role, sessionName: sessionName, tokenFile: file)
        }
        guard profile.values["mfa_serial"] == nil else {
            throw AWSCredentialsError(
                .notSupported, "The AWS profile '\(name)' wants a second factor, which a daemon has not. Use another role.")
        }
        let base: any AWSCredentialSource
        switch (profile.values["source_profile"], profile.values["credential_source"]) {
        case (.some, .some): throw Self.wrong(name, "it has both a source_profile and a credential_source")
        case (.none, .none): throw Self.wrong(name, "its role_arn needs a source_profile or a credential_source")
        case (let source?, .none):
            guard let found = try self.source(ofProfile: source, profiles, visited: visited) else {
                throw Self.wrong(name, "its source_profile '\(source)' has no credentials")
            }
            base = found
        case (.none, "Environment"): base = EnvironmentCredentials(environment: environment)
        case (.none, "EcsContainer"): base = container
        case (.none, "Ec2InstanceMetadata"): base = instance
        case (.none, let other?):
            throw Self.wrong(name, "credential_source '\(other)' is none of Environment, EcsContainer and Ec2InstanceMetadata")
        }
        return AssumedRoleCredentials(
            sts: sts, role: role, sessionName: sessionName, externalID: profile.values["external_id"],
            duration: profile.values["duration_seconds"], base: base)
    }

    private static func wrong(_ profile: String, _ why: String) -> AWSCredentialsError {
        AWSCredentialsError(.misconfigured, "The AWS profile '\(profile)' is wrong: \(why).")
    }
}
