import Cryptography
import JSONSchema
import KeyHierarchy
import Keyring
import MainKeys
import TestSupport
import Testing

/// Main keys against programs that others wrote to behave as AWS does.
@Suite("Main keys in emulated AWS accounts")
struct AWSEmulatorTests {
    private func provider(
        _ endpoint: String, _ region: String,
        _ credentials: TestSupport.AWSCredentials = TestSupport.AWSCredentials(accessKeyID: "test", secret: "test")
    ) throws -> AWSKMSProvider {
        var variables = ["AWS_ACCESS_KEY_ID": credentials.accessKeyID, "AWS_SECRET_ACCESS_KEY": credentials.secret]
        variables["AWS_SESSION_TOKEN"] = credentials.sessionToken
        variables["AWS_EC2_METADATA_DISABLED"] = "true"
        variables["AWS_CONFIG_FILE"] = "/nonexistent/config"
        variables["AWS_SHARED_CREDENTIALS_FILE"] = "/nonexistent/credentials"
        return AWSKMSProvider(
            session: try AWSSession(
                settings: AWSSettings(region: region, endpoint: endpoint), environment: variables, clock: SystemBootClock(),
                wallClock: SystemWallClock()))
    }

    private func record(_ key: String, _ options: [String: String] = [:]) throws -> MainKeyRecord {
        MainKeyRecord(
            id: try .random(), reference: MainKeyReference(kind: .awsKMS, identifier: key, options: options), sealedMaterial: nil,
            createdAt: Stamp(WallTime(seconds: 0)))
    }

    private func environment() throws -> EnvironmentIdentity {
        EnvironmentIdentity(id: try .random(), name: try EnvironmentName("acme/prod"))
    }

    // MARK: LocalStack: states and context

    @Test("LocalStack's keys keep the contract of every main key", arguments: LocalStack.Edition.runnable)
    func contract(_ edition: LocalStack.Edition) async throws {
        let aws = try await LocalStack.shared(edition)
        let (key, other) = (try await aws.administrator.createKey(), try await aws.administrator.createKey())
        try await MainKeyContract(
            provider: provider(aws.endpoint, aws.region), root: .random(), reference: MainKeyReference(kind: .awsKMS, identifier: key),
            other: MainKeyReference(kind: .awsKMS, identifier: other)
        ).run()
    }

    @Test("the generation is the one that KMS tells, or unknown where it tells none", arguments: LocalStack.Edition.runnable)
    func generation(_ edition: LocalStack.Edition) async throws {
        let aws = try await LocalStack.shared(edition)
        let (arn, environment) = (try await aws.administrator.createKey(), try environment())
        let key = try provider(aws.endpoint, aws.region).mainKey(for: record(arn), of: environment)
        let wrapped = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
        let generation = try await key.unwrap(wrapped, for: environment).generation
        #expect(try await generation?.name == aws.administrator.currentGeneration(of: arn))
        #expect((generation == nil) == (edition == .withoutGenerations))
    }

    @Test("a disabled key is revoked, and serves again once it is enabled", arguments: LocalStack.Edition.runnable)
    func disabled(_ edition: LocalStack.Edition) async throws {
        let aws = try await LocalStack.shared(edition)
        let (arn, environment) = (try await aws.administrator.createKey(), try environment())
        let key = try provider(aws.endpoint, aws.region).mainKey(for: record(arn), of: environment)
        let wrapped = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
        try await aws.administrator.disableKey(arn)
        let failure = await #expect(throws: MainKeyFailure.self) { _ = try await key.unwrap(wrapped, for: environment) }
        #expect(failure?.verdict == .revoked)
        let refused = await #expect(throws: MainKeyFailure.self) { try await key.probe(for: environment) }
        #expect(refused?.verdict == .revoked)
        try await aws.administrator.enableKey(arn)
        _ = try await key.unwrap(wrapped, for: environment)
    }

    @Test("a key that is pending deletion is revoked", arguments: LocalStack.Edition.runnable)
    func pendingDeletion(_ edition: LocalStack.Edition) async throws {
        let aws = try await LocalStack.shared(edition)
        let (arn, environment) = (try await aws.administrator.createKey(), try environment())
        let key = try provider(aws.endpoint, aws.region).mainKey(for: record(arn), of: environment)
        let wrapped = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
        try await aws.administrator.scheduleDeletion(of: arn)
        let failure = await #expect(throws: MainKeyFailure.self) { _ = try await key.unwrap(wrapped, for: environment) }
        #expect(failure?.verdict == .revoked)
    }

    @Test("what a key wrapped before its rotation opens after it", arguments: LocalStack.Edition.runnable)
    func rotation(_ edition: LocalStack.Edition) async throws {
        let aws = try await LocalStack.shared(edition)
        let (arn, environment) = (try await aws.administrator.createKey(), try environment())
        let key = try provider(aws.endpoint, aws.region).mainKey(for: record(arn), of: environment)
        let wrapped = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
        try await aws.administrator.rotateKey(arn)
        _ = try await key.unwrap(wrapped, for: environment)
    }

    @Test(
        "an inspection follows a rotation where KMS tells generations, and tells none where it does not",
        arguments: LocalStack.Edition.runnable)
    func inspectsRotation(_ edition: LocalStack.Edition) async throws {
        let aws = try await LocalStack.shared(edition)
        let (arn, environment) = (try await aws.administrator.createKey(), try environment())
        let key = try provider(aws.endpoint, aws.region).mainKey(for: record(arn), of: environment)
        let wrapped = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
        let first = try await key.inspect(for: environment)
        #expect(first.failure == nil && first.endsAt == nil && first.warnings.isEmpty && first.rotation == .off)
        let named = try await key.unwrap(wrapped, for: environment).generation
        #expect(first.generation == named)
        for _ in 0..<2 {
            let before = try await key.inspect(for: environment).generation
            try await aws.administrator.rotateKey(arn)
            let after = try await key.inspect(for: environment).generation
            #expect((after == before) == (edition == .withoutGenerations))
            let again = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
            let generation = try await key.unwrap(again, for: environment).generation
            #expect(generation == after)
        }
        #expect(try await key.unwrap(wrapped, for: environment).generation == first.generation)
    }

    @Test("an inspection tells a deletion with its date, a disabled key, and automatic rotation", arguments: LocalStack.Edition.runnable)
    func inspectsStates(_ edition: LocalStack.Edition) async throws {
        let aws = try await LocalStack.shared(edition)
        let (arn, environment) = (try await aws.administrator.createKey(), try environment())
        let key = try provider(aws.endpoint, aws.region).mainKey(for: record(arn), of: environment)
        try await aws.administrator.kms("EnableKeyRotation", ["KeyId": .string(arn), "RotationPeriodInDays": 120])
        guard case .automatic(120, let next?) = try await key.inspect(for: environment).rotation else {
            Issue.record("automatic rotation is not told")
            return
        }
        #expect(next > SystemWallClock().now)
        try await aws.administrator.disableKey(arn)
        #expect(try await key.inspect(for: environment).failure?.verdict == .revoked)
        try await aws.administrator.enableKey(arn)
        #expect(try await key.inspect(for: environment).failure == nil)
        try await aws.administrator.scheduleDeletion(of: arn, days: 7)
        let told = try await key.inspect(for: environment)
        #expect(told.failure?.verdict == .revoked)
        let week = SystemWallClock().now.advanced(by: .seconds(7 * 86_400)).seconds
        #expect(told.endsAt.map { abs($0.seconds - week) < 600 } == true)
    }

    @Test("an alias is pinned to the key that it named", arguments: LocalStack.Edition.runnable)
    func alias(_ edition: LocalStack.Edition) async throws {
        let aws = try await LocalStack.shared(edition)
        let (arn, other, environment) = (
            try await aws.administrator.createKey(), try await aws.administrator.createKey(), try environment()
        )
        let name = "alias/pinned-\(edition.rawValue.replacing(".", with: "-"))"
        try await aws.administrator.createAlias(name, for: arn)
        let provider = try provider(aws.endpoint, aws.region)
        let aliasARN = "arn:aws:kms:\(aws.region):\(aws.account):\(name)"
        let pinned = try await provider.mainKey(for: record(aliasARN), of: environment).probe(for: environment)
        #expect(pinned.identifier == arn)
        #expect(pinned.options["given"] == aliasARN)
        let key = try provider.mainKey(for: record(pinned.identifier, pinned.options), of: environment)
        let wrapped = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
        #expect(try await key.inspect(for: environment).warnings.isEmpty)
        try await aws.administrator.moveAlias(name, to: other)
        let warnings = try await key.inspect(for: environment).warnings
        #expect(warnings.first?.contains(other) == true, "\(warnings)")
        _ = try await key.unwrap(wrapped, for: environment)
    }

    @Test(
        "a key that cannot be a main key is refused with its reason", arguments: LocalStack.Edition.runnable,
        [("RSA_2048", "ENCRYPT_DECRYPT", "asymmetric"), ("HMAC_256", "GENERATE_VERIFY_MAC", "HMAC")])
    func unsuitable(_ edition: LocalStack.Edition, _ kind: (spec: String, usage: String, word: String)) async throws {
        let aws = try await LocalStack.shared(edition)
        let arn = try await aws.administrator.createKey(spec: kind.spec, usage: kind.usage)
        let environment = try environment()
        let failure = await #expect(throws: MainKeyFailure.self) {
            try await provider(aws.endpoint, aws.region).mainKey(for: record(arn), of: environment).probe(for: environment)
        }
        #expect(failure?.stage == .encryption)
        #expect(failure?.message.contains(kind.word) == true)
    }

    @Test("a key that does not exist cannot be accessed", arguments: LocalStack.Edition.runnable)
    func missing(_ edition: LocalStack.Edition) async throws {
        let aws = try await LocalStack.shared(edition)
        let environment = try environment()
        let arn = "arn:aws:kms:\(aws.region):\(aws.account):key/00000000-0000-4000-8000-000000000000"
        let failure = await #expect(throws: MainKeyFailure.self) {
            try await provider(aws.endpoint, aws.region).mainKey(for: record(arn), of: environment).probe(for: environment)
        }
        #expect(failure?.stage == .access && failure?.verdict == .revoked)
    }

    @Test(
        "a diagnosis finds what is not as it should be: rotation that is off, and a policy that gives all",
        arguments: LocalStack.Edition.runnable)
    func diagnosis(_ edition: LocalStack.Edition) async throws {
        let aws = try await LocalStack.shared(edition)
        let (arn, environment) = (try await aws.administrator.createKey(), try environment())
        let checks = try await provider(aws.endpoint, aws.region).mainKey(for: record(arn), of: environment).diagnose(for: environment)
        let expected = (edition == .withoutGenerations ? ["generation"] : []) + ["least privilege", "rotation"]
        #expect(checks.filter { $0.outcome == .warning }.map(\.name).sorted() == expected, "\(checks)")
        #expect(checks.allSatisfy { [.ok, .warning].contains($0.outcome) }, "\(checks)")
    }

    // MARK: ministack: signatures, roles, policies, and a KMS that lies

    @Test("a good signature is accepted, a wrong secret is not")
    func signatures() async throws {
        let aws = try await Ministack.shared()
        let arn = try await aws.administrator.createKey()
        let user = try await aws.administrator.createUser("signer", policy: Self.policy("kms:*", on: "*"))
        let environment = try environment()
        let key = try provider(aws.endpoint, aws.region, user.credentials).mainKey(for: record(arn), of: environment)
        let wrapped = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
        _ = try await key.unwrap(wrapped, for: environment)

        var wrong = user.credentials
        wrong.secret = String(wrong.secret.reversed())
        let forged = try provider(aws.endpoint, aws.region, wrong).mainKey(for: record(arn), of: environment)
        let failure = await #expect(throws: MainKeyFailure.self) { _ = try await forged.unwrap(wrapped, for: environment) }
        #expect(failure?.verdict == .restricted)
        #expect(failure?.reason.isEmpty == false)
        #expect(failure?.reason.contains(wrong.secret) == false)
    }

    @Test("a role is assumed with its external id, and refused without it or with another")
    func externalID() async throws {
        let aws = try await Ministack.shared()
        let arn = try await aws.administrator.createKey()
        let user = try await aws.administrator.createUser("platform", policy: Self.policy("sts:AssumeRole", on: "*"))
        let trust = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"\(user.arn)"},"Action":"sts:AssumeRole",\
            "Condition":{"StringEquals":{"sts:ExternalId":"ekmd-acme"}}}]}
            """
        let role = try await aws.administrator.createRole("acme-main-key", trust: trust, policy: Self.policy("kms:*", on: "*"))
        let environment = try environment()
        let provider = try provider(aws.endpoint, aws.region, user.credentials)
        let key = try provider.mainKey(for: record(arn, ["role-arn": role, "external-id": "ekmd-acme"]), of: environment)
        let wrapped = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
        _ = try await key.unwrap(wrapped, for: environment)
        for options in [["role-arn": role], ["role-arn": role, "external-id": "ekmd-globex"]] {
            let refused = try provider.mainKey(for: record(arn, options), of: environment)
            let failure = await #expect(throws: MainKeyFailure.self) { _ = try await refused.unwrap(wrapped, for: environment) }
            #expect(failure?.verdict == .restricted)
        }
    }

    @Test("a key policy that denies is a restriction, and names what is missing")
    func denied() async throws {
        let aws = try await Ministack.shared()
        let arn = try await aws.administrator.createKey()
        let user = try await aws.administrator.createUser("denied", policy: Self.policy("kms:*", on: "*"))
        let environment = try environment()
        let key = try provider(aws.endpoint, aws.region, user.credentials).mainKey(for: record(arn), of: environment)
        let wrapped = try await key.wrap(SecretBytes.random(byteCount: 56), for: environment)
        try await aws.administrator.putKeyPolicy(
            """
            {"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"},
            {"Effect":"Deny","Principal":{"AWS":"\(user.arn)"},"Action":"kms:Decrypt","Resource":"*"}]}
            """, on: arn)
        let failure = await #expect(throws: MainKeyFailure.self) { _ = try await key.unwrap(wrapped, for: environment) }
        #expect(failure?.verdict == .restricted)
        #expect(failure.map { "\($0.message) \($0.reason) \($0.remedy)" }?.contains("kms:Decrypt") == true)
    }

    @Test("a KMS that does not authenticate its ciphertexts is refused at set-up")
    func lying() async throws {
        let aws = try await Ministack.shared()
        let arn = try await aws.administrator.createKey()
        let user = try await aws.administrator.createUser("believer", policy: Self.policy("kms:*", on: "*"))
        let environment = try environment()
        let key = try provider(aws.endpoint, aws.region, user.credentials).mainKey(for: record(arn), of: environment)
        let failure = await #expect(throws: MainKeyFailure.self) { try await key.probe(for: environment) }
        #expect(failure?.verdict == .mismatched)
        #expect(failure?.stage == .encryption)
        let checks = await key.diagnose(for: environment)
        #expect(checks.filter { $0.outcome == .failed }.map(\.name).contains("authenticity"), "\(checks)")
    }

    @Test("a lie about the content is mismatched")
    func foreignContent() async throws {
        let aws = try await Ministack.shared()
        let arn = try await aws.administrator.createKey()
        let user = try await aws.administrator.createUser("victim", policy: Self.policy("kms:*", on: "*"))
        let environment = try environment()
        let key = try provider(aws.endpoint, aws.region, user.credentials).mainKey(for: record(arn), of: environment)
        var wrapped = try await key.wrap(
            EnvironmentKeyPayload.make(SecretBytes.random(byteCount: 32), environment: environment.id, version: .first), for: environment)
        wrapped[wrapped.count - 50] ^= 1
        let failure = await #expect(throws: MainKeyFailure.self) {
            let unwrapped = try await key.unwrap(wrapped, for: environment)
            _ = try EnvironmentKeyPayload.open(unwrapped.payload, environment: environment.id, version: .first)
        }
        #expect(failure?.verdict == .mismatched)
    }

    private static func policy(_ action: String, on resource: String) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)"}]}"#
    }
}
