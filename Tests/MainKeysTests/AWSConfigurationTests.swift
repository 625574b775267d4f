import Glibc
import MainKeyDeclarations
import TestSupport
import Testing

@testable import MainKeys

@Suite("Regions and endpoints of AWS") struct AWSConfigurationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func configuration(
        _ environment: [String: String] = [:], config: String = "", settings: AWSSettings = AWSSettings()
    ) throws -> AWSConfiguration {
        let path = "\(directory.path)/config"
        let file = try #require(fopen(path, "w"))
        fputs(config, file)
        fclose(file)
        return try AWSConfiguration(
            settings: settings,
            environment: ["AWS_CONFIG_FILE": path, "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"].merging(environment) { $1 })
    }

    private func origin(_ configuration: AWSConfiguration, _ service: AWSConfiguration.Service = .kms, _ region: String = "eu-central-1")
        throws -> String
    {
        try configuration.endpoint(of: service, region: region).origin
    }

    @Test(
        "Each partition has its own names",
        arguments: [
            ("eu-central-1", "https://kms.eu-central-1.amazonaws.com:443"), ("cn-north-1", "https://kms.cn-north-1.amazonaws.com.cn:443"),
            ("us-gov-west-1", "https://kms.us-gov-west-1.amazonaws.com:443"), ("us-iso-east-1", "https://kms.us-iso-east-1.c2s.ic.gov:443"),
            ("us-isob-east-1", "https://kms.us-isob-east-1.sc2s.sgov.gov:443"),
        ]) func partitions(_ region: String, _ expected: String) throws
    {
        #expect(try origin(configuration(), .kms, region) == expected)
    }

    @Test("FIPS and dual-stack endpoints are used where they are asked for") func variants() throws {
        #expect(try origin(configuration(["AWS_USE_FIPS_ENDPOINT": "true"])) == "https://kms-fips.eu-central-1.amazonaws.com:443")
        #expect(try origin(configuration(["AWS_USE_DUALSTACK_ENDPOINT": "True"]), .sts) == "https://sts.eu-central-1.api.aws:443")
        #expect(
            try origin(configuration(config: "[default]\nuse_fips_endpoint = true")) == "https://kms-fips.eu-central-1.amazonaws.com:443")
    }

    @Test("Of several endpoints the most particular wins") func endpoints() throws {
        let config = """
            [default]
            endpoint_url = https://profile
            services = mine
            [services mine]
            sts =
              endpoint_url = https://service
            """
        #expect(try origin(configuration(config: config)) == "https://profile:443")
        #expect(try origin(configuration(config: config), .sts) == "https://service:443")
        #expect(try origin(configuration(["AWS_ENDPOINT_URL": "https://general"], config: config), .sts) == "https://general:443")
        let own = AWSSettings(endpoint: "http://127.0.0.1:4566")
        let environment = ["AWS_ENDPOINT_URL": "https://general", "AWS_ENDPOINT_URL_KMS": "https://kms"]
        #expect(try origin(configuration(environment, settings: own)) == "https://kms:443")
        #expect(try origin(configuration(environment, settings: own), .sts) == "http://127.0.0.1:4566")
        let ignoring = environment.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) { $1 }
        #expect(try origin(configuration(ignoring, config: config)) == "https://kms.eu-central-1.amazonaws.com:443")
        #expect(try origin(configuration(ignoring, settings: own)) == "http://127.0.0.1:4566")
    }

    @Test(
        "An endpoint that is no URL, has a path, or is plain http to another machine is refused",
        arguments: ["kms", "https://a/b", "ftp://a", "http://10.0.0.1:4566"]) func refuses(_ url: String)
        throws
    {
        let configuration = try configuration(["AWS_ENDPOINT_URL": url])
        #expect(throws: AWSCredentialsError(.misconfigured, "")) { try configuration.endpoint(of: .kms, region: "eu-central-1") }
    }

    @Test("The region is the daemon's, then the environment's, then the profile's") func regions() throws {
        let config = "[default]\nregion = profile\nca_bundle = /profile.pem\n"
        let environment = ["AWS_REGION": "environment", "AWS_DEFAULT_REGION": "standard"]
        #expect(try configuration(environment, config: config, settings: AWSSettings(region: "own")).region == "own")
        #expect(try configuration(environment, config: config).region == "environment")
        #expect(try configuration(["AWS_DEFAULT_REGION": "standard"], config: config).region == "standard")
        #expect(try configuration(config: config).region == "profile")
        #expect(try configuration().region == nil)
        #expect(try configuration(config: config).certificateAuthorities == "/profile.pem")
        #expect(try configuration(["AWS_CA_BUNDLE": "/a.pem"], config: config).certificateAuthorities == "/a.pem")
    }

    @Test(
        "Key ARNs, alias ARNs, key ids and aliases are told apart",
        arguments: [
            ("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", AWSKeyReference.Form.keyARN),
            ("arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab", .keyARN),
            ("arn:aws:kms:eu-central-1:111122223333:alias/my/key", .aliasARN), ("1234abcd-12ab-34cd-56ef-1234567890ab", .keyID),
            ("mrk-1234abcd12ab34cd56ef1234567890ab", .keyID), ("alias/my-key", .aliasName),
        ]) func references(_ text: String, _ form: AWSKeyReference.Form) throws
    {
        #expect(try #require(AWSKeyReference(text)).form == form)
    }

    @Test(
        "What is none of them is refused",
        arguments: [
            "", "key", "alias/", "arn:aws:s3:::bucket", "arn:aws:kms::1:key/1234abcd", "arn:aws:kms:eu-central-1:1:key/",
            "arn:aws:kms:a/b:1:key/1234abcd",
            "arn:aws:kms:eu-central-1:1:grant/1234abcd", "1234abcd-12ab-34cd\r\nX: y", "arn:aws:kms:evil.example.com#:1:key/12345678",
        ]) func refusesReferences(_ text: String)
    { #expect(AWSKeyReference(text) == nil) }
}
