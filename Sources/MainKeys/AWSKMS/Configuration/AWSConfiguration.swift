/// Regions and endpoints, found as AWS tools find them: the daemon's configuration, the environment, the profile.
package struct AWSConfiguration: Sendable {
    package enum Service: String, Sendable { case kms, sts }

    package let settings: AWSSettings
    package let environment: [String: String]
    /// The profile in use.
    package let profileName: String
    /// Whether it was the daemon's configuration that named the profile, so that credentials in the environment do not count.
    package let isProfileExplicit: Bool
    /// Whether the configuration or the environment names the profile: then credentials come from it or from nowhere.
    package let isProfileNamed: Bool
    /// For keys that name none.
    package let region: String?
    /// A file of certificates in PEM.
    package let certificateAuthorities: String?
    private let profileEndpoint: String?
    private let profileServiceEndpoints: [String: String]
    private let usesFIPS: Bool
    private let usesDualStack: Bool

    /// - Throws: ``AWSCredentialsError/Code/misconfigured`` for a shared file that cannot be read.
    package init(settings: AWSSettings, environment: [String: String]) throws(AWSCredentialsError) {
        self.settings = settings
        // An empty variable counts as none, as everywhere at AWS.
        let environment = environment.filter { !$0.value.isEmpty }
        self.environment = environment
        isProfileExplicit = settings.profile != nil
        let named = settings.profile ?? environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"]
        isProfileNamed = named != nil
        profileName = named ?? "default"
        let shared = try SharedProfiles(environment: environment)
        let profile = shared.profile(profileName)
        if profile == nil, profileName != "default" {
            throw AWSCredentialsError(
                .misconfigured, "The AWS profile '\(profileName)' stands in neither the shared config nor the shared credentials file.")
        }
        region = settings.region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? profile?.values["region"]
        certificateAuthorities = environment["AWS_CA_BUNDLE"] ?? profile?.values["ca_bundle"]
        func isOn(_ variable: String, _ key: String) -> Bool { (environment[variable] ?? profile?.values[key])?.lowercased() == "true" }
        usesFIPS = isOn("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
        usesDualStack = isOn("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
        profileEndpoint = profile?.values["endpoint_url"]
        var endpoints: [String: String] = [:]
        for service in [Service.kms, .sts] {
            endpoints[service.rawValue] = profile.flatMap { shared.endpoint(of: service.rawValue, profile: $0) }
        }
        profileServiceEndpoints = endpoints
        ignoresEndpoints = isOn("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")
    }

    private let ignoresEndpoints: Bool

    /// Where a service is spoken to. Of several settings the one that names the service wins, then the daemon's own, then AWS's order.
    /// - Throws: ``AWSCredentialsError/Code/misconfigured`` when what is set is not a URL.
    package func endpoint(of service: Service, region: String) throws(AWSCredentialsError) -> HTTPURL {
        let byEnvironment = ignoresEndpoints ? nil : environment["AWS_ENDPOINT_URL_\(service.rawValue.uppercased())"]
        let general = ignoresEndpoints ? nil : environment["AWS_ENDPOINT_URL"]
        let byProfile = ignoresEndpoints ? nil : profileServiceEndpoints[service.rawValue] ?? profileEndpoint
        let configured = byEnvironment ?? settings.endpoint ?? general ?? byProfile
        do throws(HTTPFailure) {
            guard let configured else { return try HTTPURL(standardEndpoint(of: service, region: region)) }
            let url = try HTTPURL(configured)
            try HTTPRequest(.post, url).check()
            guard url.path == "/" else { throw HTTPFailure(.invalidRequest, "An AWS endpoint has no path, and this one has: \(url.path)") }
            return url
        } catch {
            throw AWSCredentialsError(
                .misconfigured, "The endpoint of \(service.rawValue.uppercased()) in \(region) is not usable: \(error.message)")
        }
    }

    private func standardEndpoint(of service: Service, region: String) -> String {
        let partition = AWSPartition(region: region)
        let name = usesFIPS ? "\(service.rawValue)-fips" : service.rawValue
        let suffix = usesDualStack ? partition.dualStackSuffix ?? partition.suffix : partition.suffix
        return "https://\(name).\(region).\(suffix)/"
    }

    /// STS without a region: the global endpoint lives in Northern Virginia.
    package var stsRegion: String { region ?? "us-east-1" }
}
