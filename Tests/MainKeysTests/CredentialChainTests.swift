import Bedrock
import Glibc
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import MainKeys

@Suite("Credentials as AWS tools find them") struct CredentialChainTests {
    private let directory: TemporaryDirectory
    private let clock = ManualBootClock()
    private let wallClock = ManualWallClock()

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ name: String, _ text: String) throws -> String {
        let path = "\(directory.path)/\(name)"
        try Self.write(path, text)
        return path
    }

    private static func write(_ path: String, _ text: String) throws {
        guard let file = fopen(path, "w") else { throw HTTPFailure(.internalError, "no file") }
        fputs(text, file)
        fclose(file)
    }

    private func fetch(_ environment: [String: String], settings: AWSSettings = AWSSettings(timeout: .seconds(30))) async throws
        -> MainKeys.AWSCredentials
    {
        // Whoever runs these tests may have a configuration, and sit in a cloud.
        let isolated = [
            "HOME": directory.path, "AWS_EC2_METADATA_DISABLED": "true",
        ]
        let configuration = try AWSConfiguration(settings: settings, environment: isolated.merging(environment) { $1 })
        var retry = AWSRetry()
        retry.pause = .zero
        let exchange = AWSExchange(http: try HTTPClient(clock: SystemBootClock()), clock: SystemBootClock(), retry: retry)
        return try await AWSCredentialChain(exchange: exchange, configuration: configuration, wallClock: wallClock).fetch()
    }

    private func text(_ bytes: WipedBytes?) -> String? { bytes.flatMap { $0.text(0..<$0.count) } }

    private func expiration(in seconds: Int64) -> String { WallTime(seconds: wallClock.now.seconds + seconds).description }

    private func metadata(_ key: String, in seconds: Int64 = 3600) -> String {
        #"{"Code":"Success","AccessKeyId":"\#(key)","SecretAccessKey":"s/\#(key)","Token":"t+\#(key)","Expiration":"\#(expiration(in: seconds))"}"#
    }

    private func sts(_ key: String) -> String {
        """
        <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>\(key)</AccessKeyId><SecretAccessKey>s/\(key)</SecretAccessKey>\
        <SessionToken>t+\(key)</SessionToken><Expiration>\(expiration(in: 3600))</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
        """
    }

    @Test("The environment comes first, with its token") func environment() async throws {
        let found = try await fetch([
            "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/none",
            "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
        ])
        #expect(found.accessKeyID == "AKID")
        #expect(text(found.secretAccessKey) == "secret")
        #expect(text(found.sessionToken) == "token")
        #expect(found.expiresAt == nil)
    }

    @Test("Half a pair is wrong, an empty variable is none") func halfPair() async throws {
        await #expect(throws: AWSCredentialsError(.misconfigured, "")) { _ = try await fetch(["AWS_ACCESS_KEY_ID": "AKID"]) }
        await #expect(throws: AWSCredentialsError(.none, "")) {
            _ = try await fetch(["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""])
        }
    }

    @Test("A profile's keys are found in either file; the credentials file wins") func staticProfile() async throws {
        let config = try write(
            "config",
            "[default]\naws_access_key_id = A\naws_secret_access_key = a # mine\n[profile other]\naws_access_key_id=B\naws_secret_access_key=b;b\n"
        )
        let credentials = try write(
            "credentials", "# comment\n[default]\nAWS_ACCESS_KEY_ID = C\naws_secret_access_key = c\naws_session_token = d\n")
        let files = ["AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": credentials]
        let standard = try await fetch(files)
        #expect(standard.accessKeyID == "C")
        #expect(text(standard.secretAccessKey) == "c")
        #expect(text(standard.sessionToken) == "d")
        let other = try await fetch(files.merging(["AWS_PROFILE": "other"]) { $1 })
        #expect(other.accessKeyID == "B")
        #expect(text(other.secretAccessKey) == "b;b")
        let onlyConfig = try await fetch(["AWS_CONFIG_FILE": config])
        #expect(text(onlyConfig.secretAccessKey) == "a")
    }

    @Test("A profile of the daemon's configuration wins over the environment; AWS_PROFILE does not") func explicitProfile() async throws {
        let credentials = try write("credentials", "[p]\naws_access_key_id = P\naws_secret_access_key = p\n")
        let environment = ["AWS_SHARED_CREDENTIALS_FILE": credentials, "AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "e"]
        #expect(try await fetch(environment, settings: AWSSettings(profile: "p")).accessKeyID == "P")
        #expect(try await fetch(environment.merging(["AWS_PROFILE": "p"]) { $1 }).accessKeyID == "E")
        await #expect(throws: AWSCredentialsError(.misconfigured, "")) {
            _ = try await fetch(environment, settings: AWSSettings(profile: "q"))
        }
    }

    @Test(
        "What ekmd does not speak is said, not passed over",
        arguments: [
            "sso_session = x", "sso_start_url = x", "credential_process = x", "login_session = x",
            "role_arn = arn\nmfa_serial = x\nsource_profile = default\naws_access_key_id = a\naws_secret_access_key = b",
        ]) func notSupported(_ line: String) async throws
    {
        let config = try write("config", "[default]\n\(line)\n")
        await #expect(throws: AWSCredentialsError(.notSupported, "")) { _ = try await fetch(["AWS_CONFIG_FILE": config]) }
    }

    @Test(
        "Profiles that lead nowhere are wrong",
        arguments: [
            "[default]\nrole_arn = r\nsource_profile = a\n[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a",
            "[default]\nrole_arn = r\nsource_profile = default",
            "[default]\nrole_arn = r\nsource_profile = gone",
            "[default]\nrole_arn = r\nsource_profile = a\n[profile a]\nregion = x",
            "[default]\nrole_arn = r",
            "[default]\nrole_arn = r\nsource_profile = a\ncredential_source = Environment",
            "[default]\nrole_arn = r\ncredential_source = Elsewhere",
            "[default]\naws_access_key_id = a",
            "[default]\naws_secret_access_key = a",
            "key = value",
            "[default\nkey = value",
            "[default]\njust words",
        ]) func wrongProfiles(_ text: String) async throws
    {
        let config = try write("config", text)
        await #expect(throws: AWSCredentialsError(.misconfigured, "")) { _ = try await fetch(["AWS_CONFIG_FILE": config]) }
    }

    @Test("A role is assumed with a source profile's keys, signed, with its external id; chains go on") func assumesRole() async throws {
        let server = HTTPLoopbackServer { request in
            .answer(status: 200, sts(request.text.contains("role%2Fsecond") ? "SECOND" : "FIRST"))
        }
        defer { server.stop() }
        let config = try write(
            "config",
            """
            [profile top]
            role_arn = arn:aws:iam::1:role/second
            source_profile = middle
            role_session_name = me
            external_id = x y
            region = eu-central-1
            [profile middle]
            role_arn = arn:aws:iam::1:role/first
            source_profile = base
            [profile base]
            aws_access_key_id = BASE
            aws_secret_access_key = secret
            """)
        let found = try await fetch(["AWS_CONFIG_FILE": config, "AWS_PROFILE": "top", "AWS_ENDPOINT_URL_STS": server.url])
        #expect(found.accessKeyID == "SECOND")
        #expect(text(found.sessionToken) == "t+SECOND")
        #expect(found.expiresAt != nil)
        #expect(server.requests.count == 2)
        let first = try #require(server.requests.first)
        #expect(first.text == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Ffirst&RoleSessionName=ekmd")
        #expect(first.headers["authorization"]?.contains("Credential=BASE/") == true)
        #expect(first.headers["authorization"]?.contains("/eu-central-1/sts/aws4_request") == true)
        let second = try #require(server.requests.last)
        #expect(second.text.hasSuffix("&RoleSessionName=me&ExternalId=x%20y"))
        #expect(second.headers["x-amz-security-token"] == "t+FIRST")
        let signed = second.headers.filter { ["content-type", "host", "x-amz-date", "x-amz-security-token"].contains($0.key) }
        let reference = AWSSignature(accessKeyID: "FIRST", secretAccessKey: "s/FIRST", region: "eu-central-1", service: "sts")
        #expect(second.headers["authorization"] == (try reference.authorization(headers: signed, body: second.body)))
    }

    @Test("A web identity is exchanged unsigned, from the environment or a profile") func webIdentity() async throws {
        let server = HTTPLoopbackServer { _ in .answer(status: 200, sts("WEB")) }
        defer { server.stop() }
        let token = try write("token", "jwt.abc\n")
        let config = try write("config", "[default]\nrole_arn = arn:r\nweb_identity_token_file = \(token)\n")
        for environment in [
            ["AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:r", "AWS_ROLE_SESSION_NAME": "ekmd"], ["AWS_CONFIG_FILE": config],
        ] {
            let found = try await fetch(environment.merging(["AWS_ENDPOINT_URL": server.url]) { $1 })
            #expect(found.accessKeyID == "WEB")
            let request = try #require(server.requests.last)
            #expect(request.headers["authorization"] == nil)
            #expect(
                request.text
                    == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Ar&RoleSessionName=ekmd&WebIdentityToken=jwt.abc")
        }
        await #expect(throws: AWSCredentialsError(.misconfigured, "")) {
            _ = try await fetch(["AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/file", "AWS_ROLE_ARN": "arn:r", "AWS_ENDPOINT_URL": server.url])
        }
    }

    @Test("The container's agent is asked with its token; only a near host may be") func container() async throws {
        let server = HTTPLoopbackServer { request in
            request.headers["authorization"] == "Bearer x" ? .answer(status: 200, metadata("BOX")) : .answer(status: 403, "no")
        }
        defer { server.stop() }
        let full = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/creds?id=1"]
        let found = try await fetch(full.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer x"]) { $1 })
        #expect(found.accessKeyID == "BOX")
        #expect(server.requests.last?.path == "/creds?id=1")
        let file = try write("auth", "Bearer x\n")
        let fromFile = full.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "other"]) { $1 }
        #expect(try await fetch(fromFile).accessKeyID == "BOX")
        await #expect(throws: AWSCredentialsError(.refused, "")) { _ = try await fetch(full) }
        await #expect(throws: AWSCredentialsError(.misconfigured, "")) {
            _ = try await fetch(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://10.1.2.3/creds"])
        }
    }

    @Test("The instance's role is asked for with a session token, version 2") func instance() async throws {
        let server = HTTPLoopbackServer { request in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token") where request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600":
                .answer(status: 200, "session")
            case ("GET", _) where request.headers["x-aws-ec2-metadata-token"] != "session": .answer(status: 401, "")
            case ("GET", "/latest/meta-data/iam/security-credentials/"): .answer(status: 200, "my-role")
            case ("GET", "/latest/meta-data/iam/security-credentials/my-role"): .answer(status: 200, metadata("EC2"))
            default: .answer(status: 404, "")
            }
        }
        defer { server.stop() }
        let environment = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url, "AWS_EC2_METADATA_DISABLED": "false"]
        #expect(try await fetch(environment).accessKeyID == "EC2")
        let config = try write("config", "[default]\nrole_arn = arn:r\ncredential_source = Ec2InstanceMetadata\n")
        let sts = HTTPLoopbackServer { _ in .answer(status: 200, self.sts("ROLE")) }
        defer { sts.stop() }
        let found = try await fetch(environment.merging(["AWS_CONFIG_FILE": config, "AWS_ENDPOINT_URL_STS": sts.url]) { $1 })
        #expect(found.accessKeyID == "ROLE")
        #expect(sts.requests.last?.headers["x-amz-security-token"] == "t+EC2")
    }

    @Test(
        "A source that is out is told from one that refuses",
        arguments: [
            (404, "", AWSCredentialsError.Code.refused), (500, "", .unreachable), (200, "x", .unreachable),
            (200, #"{"Code":"AssumeRoleUnauthorizedAccess","Message":"no"}"#, .refused),
        ]) func outOrRefused(_ status: Int, _ body: String, _ code: AWSCredentialsError.Code) async throws
    {
        let server = HTTPLoopbackServer { _ in .answer(status: status, body) }
        defer { server.stop() }
        let error = await #expect(throws: AWSCredentialsError.self) {
            _ = try await fetch(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url])
        }
        #expect(error?.code == code)
        #expect(error?.verdict == (code == .refused ? .restricted : .unreachable))
    }

    @Test(
        "What STS says is told from its silence",
        arguments: [
            ("AccessDenied", AWSCredentialsError.Code.refused), ("ExpiredTokenException", .refused), ("InvalidIdentityToken", .refused),
            ("IDPCommunicationError", .unreachable), ("Throttling", .throttled), ("InternalFailure", .unreachable),
        ]) func refusalsOfSTS(_ code: String, _ expected: AWSCredentialsError.Code) async throws
    {
        let server = HTTPLoopbackServer { _ in
            .answer(status: 403, "<ErrorResponse><Error><Code>\(code)</Code><Message>because</Message></Error></ErrorResponse>")
        }
        defer { server.stop() }
        let token = try write("token", "jwt")
        let error = await #expect(throws: AWSCredentialsError.self) {
            _ = try await fetch(["AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:r", "AWS_ENDPOINT_URL": server.url])
        }
        #expect(error?.code == expected)
        #expect(error?.reason.contains("because") == true)
        #expect(server.requests.count == (expected == .refused ? 1 : 3))
    }
}
