import JSONSchema
import TestSupport
import Testing

@Suite("The fault-injecting KMS")
struct FaultInjectingKMSTests {
    private let kms: FaultInjectingKMS
    private let owner: AWSAdministrator
    private let key: String

    init() throws {
        kms = try FaultInjectingKMS()
        owner = AWSAdministrator(kms)
        key = kms.createKey()
    }

    @Test("Old ciphertext opens after a rotation, and names the generation that sealed it")
    func rotation() async throws {
        let alias = kms.setAlias("alias/main", to: key)
        let blob = try #require(try await owner.kms("Encrypt", ["KeyId": .string(alias), "Plaintext": "aGVsbG8="])["CiphertextBlob"])
        let first = try #require(kms.generation(of: key))
        let second = kms.rotate(key)
        let answer = try await owner.kms("Decrypt", ["KeyId": .string(alias), "CiphertextBlob": blob])
        #expect(answer["KeyMaterialId"]?.text == first)
        #expect(first != second)
        #expect(try await owner.currentGeneration(of: key) == second)
        kms.tellGenerations(false)
        #expect(try await owner.currentGeneration(of: key) == nil)
        #expect(try await owner.kms("Decrypt", ["CiphertextBlob": blob])["KeyMaterialId"] == nil)
    }

    @Test("A fault applies to its operation and key, as often as it was asked for")
    func selectors() async throws {
        let other = kms.createKey()
        kms.inject(.on(.describeKey, key: key, times: 2), .throttled)
        #expect(try await owner.refusal("DescribeKey", ["KeyId": .string(other)]) == nil)
        #expect(try await owner.refusal("GetKeyRotationStatus", ["KeyId": .string(key)]) == nil)
        for expected in ["ThrottlingException", "ThrottlingException", nil] {
            #expect(try await owner.refusal("DescribeKey", ["KeyId": .string(key)]) == expected)
        }
        #expect(kms.calls(.describeKey, key: key) == 3)
        #expect(kms.calls(.describeKey) == 4)
    }

    @Test("Denials name the permission; a context that the policy asks for is needed")
    func denials() async throws {
        kms.deny([.decrypt], on: key)
        kms.require(context: ["ekm:workspace": "acme"], on: key)
        let request: [String: JSONValue] = ["KeyId": .string(key), "Plaintext": "aGVsbG8="]
        #expect(try await owner.refusal("Encrypt", request) == "AccessDeniedException")
        let sealed = try await owner.kms("Encrypt", request.merging(["EncryptionContext": ["ekm:workspace": "acme"]]) { $1 })
        let opening: [String: JSONValue] = [
            "CiphertextBlob": try #require(sealed["CiphertextBlob"]), "EncryptionContext": ["ekm:workspace": "acme"],
        ]
        await #expect {
            try await owner.kms("Decrypt", opening)
        } throws: { ($0 as? AWSRefusal)?.message.contains("kms:Decrypt") == true }
    }

    @Test(
        "Answers that are no answers reach nobody",
        arguments: [FaultInjectingKMS.Fault.half, .close, .garbage, .raw(status: 502, body: "<html>")])
    func brokenAnswers(_ fault: FaultInjectingKMS.Fault) async throws {
        kms.inject(.on(.describeKey, times: 1), fault)
        await #expect(throws: (any Error).self) { try await owner.kms("DescribeKey", ["KeyId": .string(key)]) }
        #expect(try await owner.refusal("DescribeKey", ["KeyId": .string(key)]) == nil)
    }

    @Test("A held answer was decided when the request came")
    func heldAnswer() async throws {
        kms.inject(.on(.describeKey), .hang)
        async let held = owner.kms("DescribeKey", ["KeyId": .string(key)])
        try await kms.waitForCalls(.describeKey, count: 1)
        kms.setState(.disabled, of: key)
        kms.release()
        #expect(try await held["KeyMetadata"]?.fields?["KeyState"]?.text == "Enabled")
        #expect(try await owner.kms("DescribeKey", ["KeyId": .string(key)])["KeyMetadata"]?.fields?["KeyState"]?.text == "Disabled")
    }

    @Test("A key changes its state between two calls, and a server goes and comes back")
    func changes() async throws {
        let named = key
        kms.inject(.on(.describeKey, times: 1), .then { $0.setState(.disabled, of: named) })
        for expected in ["Enabled", "Disabled"] {
            #expect(try await owner.kms("DescribeKey", ["KeyId": .string(key)])["KeyMetadata"]?.fields?["KeyState"]?.text == expected)
        }
        kms.goDown()
        await #expect(throws: ProcessFailure.self) { try await owner.kms("DescribeKey", ["KeyId": .string(key)]) }
        try kms.comeBack()
        #expect(try await owner.refusal("DescribeKey", ["KeyId": .string(key)]) == nil)
    }

    @Test("Roles want their external id, and sessions end")
    func roles() async throws {
        let role = kms.createRole("reader", externalID: "an id+/=")
        await #expect(throws: AWSRefusal.self) { _ = try await owner.assumeRole(role) }
        await #expect(throws: AWSRefusal.self) { _ = try await owner.assumeRole(role, externalID: "another") }
        let session = AWSAdministrator(kms, try await owner.assumeRole(role, externalID: "an id+/="))
        #expect(try await session.refusal("DescribeKey", ["KeyId": .string(key)]) == nil)
        var stranger = session.credentials
        stranger.sessionToken = "made up"
        #expect(try await owner.with(stranger).refusal("DescribeKey", ["KeyId": .string(key)]) == "UnrecognizedClientException")
        kms.expireCredentials()
        #expect(try await session.refusal("DescribeKey", ["KeyId": .string(key)]) == "ExpiredTokenException")
    }

    @Test("Instances and containers get credentials for their token alone")
    func metadata() async throws {
        kms.setMetadata(instanceRole: "machine", containerToken: "container token")
        func get(_ path: String, _ header: String, method: String = "GET") async throws -> String {
            let words = ["curl", "-s", "--noproxy", "*", "-w", " %{http_code}", "-X", method, "-H", header, kms.endpoint + path]
            return try await Command.run(words).text
        }
        let answer = try await get("/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 60", method: "PUT")
        let token = try #require(answer.split(separator: " ").first)
        let role = "/latest/meta-data/iam/security-credentials/"
        #expect(try await get(role, "X-aws-ec2-metadata-token: \(token)") == "machine 200")
        #expect(try await get(role + "machine", "X-aws-ec2-metadata-token: \(token)").contains("\"SecretAccessKey\""))
        #expect(try await get(role, "X-aws-ec2-metadata-token: wrong") == " 401")
        #expect(try await get(FaultInjectingKMS.containerCredentialsPath, "Authorization: container token").contains("\"Token\""))
        #expect(try await get(FaultInjectingKMS.containerCredentialsPath, "Authorization: wrong") == " 401")
    }

    @Test("Requests without a signature, or for another region, are refused")
    func unsigned() async throws {
        let stranger = AWSAdministrator(endpoint: kms.endpoint, region: "us-west-2", credentials: owner.credentials)
        #expect(try await stranger.refusal("DescribeKey", ["KeyId": .string(key)]) == "InvalidSignatureException")
        let bare = try await Command.run([
            "curl", "-s", "--noproxy", "*", "-H", "X-Amz-Target: TrentService.DescribeKey", "-d", "{}", kms.endpoint + "/",
        ])
        #expect(bare.text.contains("MissingAuthenticationTokenException"))
    }
}
