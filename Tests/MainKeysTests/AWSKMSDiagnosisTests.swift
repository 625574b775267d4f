import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import MainKeys

@Suite("The diagnosis of a key in AWS KMS", .timeLimit(.minutes(5))) struct AWSKMSDiagnosisTests {
    private let fixture: AWSKMSFixture
    private var kms: FaultInjectingKMS { fixture.kms }
    private var key: String { fixture.key }

    private static let names = [
        "dns", "connection", "clock", "credentials", "describe", "key state", "encrypt", "decrypt", "context", "authenticity", "rotation",
        "generation", "permissions", "least privilege",
    ]

    init() throws {
        fixture = try AWSKMSFixture()
        fixture.kms.setAutomaticRotation(days: 365, of: fixture.key)
        fixture.kms.require(context: ["ekm:workspace": "acme", "ekm:environment": "prod"], on: fixture.key)
    }

    private func diagnose(_ fixture: AWSKMSFixture? = nil, key: String? = nil, options: [String: String] = [:]) async -> [DiagnosisCheck] {
        let fixture = fixture ?? self.fixture
        let checks = await fixture.mainKey(key, options: options).diagnose(for: fixture.environment)
        #expect(Set(checks.map(\.name)).count == checks.count)
        for check in checks {
            #expect(!check.message.isEmpty)
            #expect(check.remedy.isEmpty == [.ok, .skipped].contains(check.outcome), "\(check)")
            #expect(!"\(check)".contains("secret/+secret"))
        }
        return checks
    }

    /// What the checks came to, in brief: `ok` where nothing is said.
    private func outcomes(_ checks: [DiagnosisCheck]) -> [String: DiagnosisCheck.Outcome] {
        Dictionary(uniqueKeysWithValues: checks.filter { $0.outcome != .ok }.map { ($0.name, $0.outcome) })
    }

    private func skipped(_ names: String...) -> [String: DiagnosisCheck.Outcome] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, .skipped) })
    }

    @Test("Of a key that works every check is good, and all are made") func healthy() async throws {
        let checks = await diagnose()
        #expect(checks.map(\.name) == Self.names)
        #expect(outcomes(checks) == [:], "\(checks)")
    }

    @Test("A role that is assumed has a check of its own") func role() async throws {
        let role = kms.createRole("customer", externalID: "ours")
        let checks = await diagnose(options: ["role-arn": role, "external-id": "ours"])
        #expect(checks.map(\.name) == Array(Self.names.prefix(4)) + ["role"] + Array(Self.names.dropFirst(4)))
        #expect(outcomes(checks) == [:], "\(checks)")
        #expect(checks.first { $0.name == "role" }?.message.contains("renewed before") == true)
        let refused = await diagnose(options: ["role-arn": role, "external-id": "another"])
        #expect(outcomes(refused)["role"] == .failed)
        #expect(outcomes(refused)["credentials"] == nil && outcomes(refused)["describe"] == .skipped)
        #expect(refused.first { $0.name == "role" }?.remedy.contains("external id") == true)
    }

    // MARK: The way

    @Test(
        "A way that is closed is told at the step where it is, and what comes after is skipped",
        arguments: [
            ("https://kms.nowhere.invalid", "dns"), ("http://198.51.100.1", "dns"), ("https://127.0.0.1:1", "connection"),
        ]) func closedWay(_ endpoint: String, _ step: String) async throws
    {
        guard let fixture = try? AWSKMSFixture(["AWS_ENDPOINT_URL_KMS": endpoint]) else {
            // What is set wrongly is refused when the daemon starts.
            #expect(endpoint.hasPrefix("http://"))
            return
        }
        let checks = await diagnose(fixture)
        #expect(checks.map(\.name) == Self.names)
        #expect(checks.filter { $0.outcome == .failed }.map(\.name) == [step])
        let after = checks.drop { $0.name != step }.dropFirst()
        #expect(after.allSatisfy { $0.outcome == .skipped && $0.message.contains("because") == false })
    }

    @Test("A server that hangs, breaks off, or speaks no TLS is no connection") func noConnection() async throws {
        let hurried = try AWSKMSFixture(settings: AWSSettings(timeout: .milliseconds(300)))
        hurried.kms.inject(.everything(), .hang)
        #expect(outcomes(await diagnose(hurried))["connection"] == .failed)
        hurried.kms.release()
        kms.inject(.everything(), .close)
        #expect(outcomes(await diagnose())["connection"] == .failed)
        let plain = try AWSKMSFixture(["AWS_ENDPOINT_URL_KMS": kms.endpoint.replacing("http:", with: "https:")])
        let checks = await diagnose(plain)
        #expect(checks.first { $0.name == "connection" }?.message.contains("TLS") == true)
    }

    @Test(
        "The clock is compared with KMS's",
        arguments: [
            (0.0 as Double?, DiagnosisCheck.Outcome.ok, "agrees"), (120, .warning, "behind"), (-120, .warning, "ahead"),
            (3600, .failed, "behind"),
            (-3600, .failed, "ahead"), (nil, .skipped, "did not tell"),
        ]) func clock(_ offset: Double?, _ outcome: DiagnosisCheck.Outcome, _ words: String) async throws
    {
        kms.setClock(ahead: offset)
        let checks = await diagnose()
        let check = try #require(checks.first { $0.name == "clock" })
        #expect(check.outcome == outcome && check.message.contains(words), "\(check)")
        #expect(outcomes(checks).count == (outcome == .ok ? 0 : 1))
    }

    // MARK: Credentials

    @Test("Without credentials, the places that were searched are named, and nothing is asked") func noCredentials() async throws {
        let bare = try AWSKMSFixture(["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""])
        let checks = await diagnose(bare)
        #expect(checks.map(\.name) == Self.names)
        #expect(checks.filter { $0.outcome == .failed }.map(\.name) == ["credentials"])
        #expect(checks.dropFirst(4).allSatisfy { $0.outcome == .skipped })
        #expect(bare.kms.calls(.describeKey) == 0)
    }

    @Test("Where credentials come from and when they end is told; an overdue renewal is warned of") func ends() async throws {
        let clock = ManualBootClock()
        let machine = try AWSKMSFixture(
            [
                "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "false",
            ], clock: clock)
        let environment = machine.session.configuration.environment.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": machine.kms.endpoint]) {
            $1
        }
        let session = try AWSSession(
            settings: AWSSettings(), environment: environment, clock: clock, wallClock: SystemWallClock(),
            retry: AWSKMSFixture.fast)
        machine.kms.setMetadata(instanceRole: "machine")
        let mainKey = AWSKMSMainKey(reference: MainKeyReference(kind: .awsKMS, identifier: machine.key), session: session)
        func check() async -> DiagnosisCheck? { await mainKey.diagnose(for: machine.environment).first { $0.name == "credentials" } }
        let fresh = try #require(await check())
        #expect(fresh.outcome == .ok && fresh.message.contains("instance metadata service") && fresh.message.contains("end in 3"))
        machine.kms.setMetadata()
        clock.advance(by: .seconds(3400))
        let overdue = try #require(await check())
        #expect(overdue.outcome == .warning && overdue.message.contains("could not be renewed"))
    }

    @Test("Credentials that AWS does not know fail at the first question") func unknownCredentials() async throws {
        kms.refuseCredentials("AKIDEXAMPLE")
        let checks = await diagnose()
        #expect(checks.first { $0.name == "describe" }?.message.contains("credentials") == true)
        #expect(outcomes(checks)["encrypt"] == .failed)
    }

    // MARK: The key

    @Test(
        "A key that is off is told with its state, and not used",
        arguments: [
            (FaultInjectingKMS.KeyState.disabled, "disabled"), (.pendingDeletion, "deletion, at 20"), (.pendingImport, "no material"),
        ])
    func off(_ state: FaultInjectingKMS.KeyState, _ words: String) async throws {
        kms.setState(state, of: key)
        let checks = await diagnose()
        #expect(checks.first { $0.name == "key state" }?.message.contains(words) == true)
        let expected = skipped("encrypt", "decrypt", "context", "authenticity").merging(["key state": .failed]) { $1 }
        #expect(outcomes(checks) == expected)
        #expect(kms.calls(.encrypt) == 0)
    }

    @Test(
        "A permission that is missing is named, both where it was needed and in the sum",
        arguments: [
            (FaultInjectingKMS.Operation.describeKey, DiagnosisCheck.Outcome.failed, ["describe": .failed, "key state": .skipped]),
            (
                .encrypt, .failed, ["encrypt": .failed, "decrypt": .skipped, "context": .skipped, "authenticity": .skipped]
            ),
            (.decrypt, .failed, ["decrypt": .failed, "context": .skipped, "authenticity": .skipped]),
            (.getKeyRotationStatus, .warning, ["rotation": .warning]),
        ] as [(FaultInjectingKMS.Operation, DiagnosisCheck.Outcome, [String: DiagnosisCheck.Outcome])])
    func permissions(
        _ operation: FaultInjectingKMS.Operation, _ outcome: DiagnosisCheck.Outcome, _ others: [String: DiagnosisCheck.Outcome]
    ) async throws {
        kms.deny([operation], on: key)
        let checks = await diagnose()
        #expect(outcomes(checks) == others.merging(["permissions": outcome]) { $1 })
        #expect(checks.first { $0.name == "permissions" }?.message.contains("kms:\(operation.rawValue)") == true)
    }

    @Test("The list of material is missed only where nothing else names the generation") func listPermission() async throws {
        kms.deny([.listKeyRotations], on: key)
        #expect(outcomes(await diagnose()) == [:])
        kms.tellGenerations(in: [.listKeyRotations])
        #expect(outcomes(await diagnose()) == ["generation": .warning, "permissions": .warning])
        kms.deny([], on: key)
        #expect(outcomes(await diagnose()) == [:])
    }

    @Test("A policy that gives too much is warned of, with what it gives") func surplus() async throws {
        kms.allow([.getKeyPolicy, .listGrants], on: key)
        kms.require(context: [:], on: key)
        let checks = await diagnose()
        #expect(outcomes(checks) == ["least privilege": .warning])
        for words in ["kms:GetKeyPolicy", "kms:ListGrants", "any environment"] {
            #expect(checks.last?.message.contains(words) == true)
        }
        kms.allow([], on: key)
        #expect(outcomes(await diagnose())["least privilege"] == .warning)
        kms.require(context: ["ekm:environment": "prod"], on: key)
        kms.inject(.on(.getKeyPolicy), .notImplemented)
        kms.inject(.on(.listGrants), .notImplemented)
        #expect(outcomes(await diagnose()) == ["least privilege": .skipped])
    }

    @Test("Rotation that is off is recommended, with the command; imported material needs none") func rotation() async throws {
        kms.setAutomaticRotation(days: nil, of: key)
        let checks = await diagnose()
        #expect(outcomes(checks) == ["rotation": .warning])
        #expect(checks.first { $0.name == "rotation" }?.remedy.contains("enable-key-rotation --key-id \(key)") == true)
        let imported = kms.createKey(origin: "EXTERNAL")
        kms.require(context: ["ekm:environment": "prod"], on: imported)
        #expect(outcomes(await diagnose(key: imported)) == [:])
    }

    @Test("A KMS that names no generation is told as that") func noGeneration() async throws {
        kms.tellGenerations(false)
        let checks = await diagnose()
        #expect(outcomes(checks) == ["generation": .warning])
    }

    @Test("An alias that names another key now is told") func alias() async throws {
        let alias = kms.setAlias("alias/pinned", to: key)
        #expect(outcomes(await diagnose(options: ["given": alias])) == [:])
        kms.setAlias("alias/pinned", to: kms.createKey())
        #expect(outcomes(await diagnose(options: ["given": alias])) == ["alias": .warning])
    }

    // MARK: Keys and servers that lie

    @Test("A KMS that lies is found out at the step where it does") func lies() async throws {
        let plaintext = #"{"KeyId":"\#(key)","Plaintext":"AAAA"}"#
        kms.inject(.on(.decrypt, times: 1), .then { $0.inject(.on(.decrypt, times: 1), .raw(status: 200, body: plaintext)) })
        #expect(outcomes(await diagnose()) == ["context": .failed])
        kms.inject(.on(.decrypt, times: 1), .wrongPlaintext([UInt8](repeating: 7, count: 56)))
        #expect(outcomes(await diagnose()) == skipped("context", "authenticity").merging(["decrypt": .failed]) { $1 })
        kms.inject(
            .on(.decrypt, times: 1),
            .then { kms in
                kms.inject(.on(.decrypt, times: 1), .then { $0.inject(.on(.decrypt, times: 1), .raw(status: 200, body: plaintext)) })
            })
        #expect(outcomes(await diagnose()) == ["authenticity": .failed])
        kms.inject(.on(.encrypt, times: 1), .wrongKeyID(kms.createKey()))
        #expect(outcomes(await diagnose())["encrypt"] == .failed)
        let other = kms.createKey()
        let description =
            #"{"KeyMetadata":{"Arn":"\#(other)","KeyUsage":"ENCRYPT_DECRYPT","KeySpec":"SYMMETRIC_DEFAULT","KeyState":"Enabled"}}"#
        kms.inject(.on(.describeKey, times: 1), .raw(status: 200, body: description))
        #expect(outcomes(await diagnose())["key state"] == .failed)
    }

    @Test("A key that is gone, and a reference that names none, are told as that") func gone() async throws {
        let nonsense = await diagnose(key: "arn:aws:s3:::bucket")
        #expect(nonsense.map(\.name) == ["key reference"] && nonsense.first?.outcome == .failed)
        kms.delete(key)
        let checks = await diagnose()
        #expect(outcomes(checks)["describe"] == .failed && outcomes(checks)["encrypt"] == .failed)
        let unpinned = await fixture.mainKey("", options: ["given": "arn:aws:kms:eu-central-1:111122223333:alias/none"])
            .diagnose(for: fixture.environment)
        #expect(unpinned.map(\.name) == Self.names)
        #expect(outcomes(unpinned)["encrypt"] == .skipped)
    }
}
