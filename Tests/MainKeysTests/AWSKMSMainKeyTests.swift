import Cryptography
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import MainKeys

@Suite("A main key in AWS KMS", .timeLimit(.minutes(5))) struct AWSKMSMainKeyTests {
    private let fixture: AWSKMSFixture
    private var kms: FaultInjectingKMS { fixture.kms }

    init() throws { fixture = try AWSKMSFixture() }

    @Test("It keeps the contract of main keys") func contract() async throws {
        try await MainKeyContract(
            provider: AWSKMSProvider(session: fixture.session), root: RootKey.random(), reference: fixture.mainKey().reference,
            other: MainKeyReference(kind: .awsKMS, identifier: kms.createKey())
        ).run()
    }

    @Test("What it wraps it unwraps, and tells the material and when it was asked") func roundTrip() async throws {
        let payload = try fixture.payload()
        let copy = try payload.withBytes { bytes throws(CryptographyError) in try SecretBytes(copying: bytes) }
        let wrapped = try await fixture.mainKey().wrap(payload, for: fixture.environment)
        let before = SystemBootClock().now
        let unwrapped = try await fixture.mainKey().unwrap(wrapped, for: fixture.environment)
        let isSame = unwrapped.payload.withBytes { copy.isEqual(to: $0) }
        #expect(isSame)
        #expect(unwrapped.generation?.name == kms.generation(of: fixture.key))
        #expect(unwrapped.sentAt >= before)
    }

    @Test("Every call names the key, and those that can carry the context do") func namesKeyAndContext() async throws {
        _ = try await fixture.mainKey().probe(for: fixture.environment)
        let id = fixture.key.split(separator: "/").last.map(String.init)
        for request in kms.requests {
            #expect(request.key == id)
            #expect(request.accessKeyID == "AKIDEXAMPLE")
            if request.operation == .describeKey { continue }
            #expect(request.context["ekm:workspace"] == "acme")
            #expect(request.context.keys.sorted() == ["ekm:environment", "ekm:workspace"])
        }
        #expect(kms.requests.filter { $0.context["ekm:environment"] == "prod" }.count == 3)
        #expect(kms.requests.filter { ($0.context["ekm:environment"] ?? "prod") != "prod" }.count == 1)
    }

    @Test("Where Decrypt does not name the material, a describe before and after the encrypt must agree") func generations() async throws {
        kms.inject(.on(.decrypt), .missingField("KeyMaterialId"))
        func generation() async throws -> Generation? {
            let wrapped = try await fixture.mainKey().wrap(fixture.payload(), for: fixture.environment)
            return try await fixture.mainKey().unwrap(wrapped, for: fixture.environment).generation
        }
        #expect(try await generation()?.name == kms.generation(of: fixture.key))
        let key = fixture.key
        kms.inject(.on(.encrypt, times: 1), .then { $0.rotate(key) })
        #expect(try await generation() == nil)
        kms.tellGenerations(false)
        #expect(try await generation() == nil)
    }

    @Test("A rotation does not change the material of what was wrapped before") func rotation() async throws {
        let first = kms.generation(of: fixture.key)
        let wrapped = try await fixture.mainKey().wrap(fixture.payload(), for: fixture.environment)
        kms.rotate(fixture.key)
        #expect(try await fixture.mainKey().unwrap(wrapped, for: fixture.environment).generation?.name == first)
    }

    @Test("A key id, an alias and an alias ARN are pinned to the key ARN that they name now") func pins() async throws {
        let configured = try AWSKMSFixture(["AWS_REGION": "eu-central-1"])
        let id = try #require(configured.key.split(separator: "/").last.map(String.init))
        let alias = configured.kms.setAlias("alias/mine", to: configured.key)
        for given in [configured.key, id, "alias/mine", alias] {
            let pinned = try await configured.mainKey(given).probe(for: configured.environment)
            #expect(pinned.identifier == configured.key)
            #expect(pinned.options["given"] == given)
        }
    }

    @Test(
        "A passing failure is tried again; a lasting one is told after three attempts",
        arguments: [
            FaultInjectingKMS.Fault.throttled, .internalException, .serviceUnavailable, .keyUnavailable, .dependencyTimeout, .close, .half,
        ]) func retries(_ fault: FaultInjectingKMS.Fault) async throws
    {
        let wrapped = try await fixture.mainKey().wrap(fixture.payload(), for: fixture.environment)
        kms.inject(.on(.decrypt, times: 2), fault)
        _ = try await fixture.mainKey().unwrap(wrapped, for: fixture.environment)
        kms.forgetRequests()
        kms.inject(.on(.decrypt), fault)
        let failure = await #expect(throws: MainKeyFailure.self) {
            _ = try await fixture.mainKey().unwrap(wrapped, for: fixture.environment)
        }
        #expect(failure?.verdict == .unreachable || failure?.verdict == .throttled)
        // libcurl sends once more by itself where a kept connection turns out to be closed.
        #expect((3...4).contains(kms.calls(.decrypt)))
    }

    @Test(
        "Whatever is wrong with an answer, it has its verdict",
        arguments: [
            (FaultInjectingKMS.Fault.wrongKeyID("arn:aws:kms:eu-central-1:111122223333:key/another"), Verdict.mismatched),
            (.wrongPlaintext([UInt8](repeating: 1, count: 100)), .mismatched), (.missingField("KeyId"), .unreachable),
            (.missingField("Plaintext"), .mismatched), (.garbage, .unreachable), (.oversized(100_000), .unreachable),
            (.incorrectKey, .mismatched),
            (.invalidCiphertext, .mismatched), (.accessDenied("kms:Decrypt"), .restricted), (.disabled("it"), .revoked),
            (.notFound("it"), .revoked),
            (.limitExceeded, .throttled), (.unrecognizedClient, .restricted), (.raw(status: 403, body: "<html>"), .unreachable),
            (.raw(status: 407, body: ""), .unreachable), (.error(.init("Brand new", "x")), .unreachable),
            (.error(.init("InvalidSignatureException", "Signature expired: a is now earlier than b")), .unreachable),
        ]) func verdicts(_ fault: FaultInjectingKMS.Fault, _ verdict: Verdict) async throws
    {
        let failure = try await fixture.unwrapFailure { $0.inject(.on(.decrypt), fault) }
        #expect(failure.verdict == verdict)
        #expect(!failure.remedy.isEmpty)
        #expect(!failure.message.isEmpty)
    }

    @Test(
        "An invalid state is settled by what the key's description says",
        arguments: [
            (FaultInjectingKMS.KeyState.disabled, Verdict.revoked), (.pendingDeletion, .revoked), (.pendingImport, .revoked),
            (.pendingReplicaDeletion, .revoked), (.unavailable, .unreachable), (.creating, .unreachable), (.updating, .unreachable),
        ]) func states(_ state: FaultInjectingKMS.KeyState, _ verdict: Verdict) async throws
    {
        let key = fixture.key
        let failure = try await fixture.unwrapFailure { $0.setState(state, of: key) }
        #expect(failure.verdict == verdict)
        if state == .pendingDeletion { #expect(failure.reason.contains("to be deleted at 20")) }
    }

    @Test("An invalid state that cannot be described is what the description failed with; one that passed is no verdict on the key")
    func unsettled() async throws {
        let key = fixture.key
        let denied = try await fixture.unwrapFailure {
            $0.setState(.pendingDeletion, of: key)
            $0.deny([.describeKey], on: key)
        }
        #expect(denied.verdict == .restricted)
        let other = try AWSKMSFixture()
        let passed = try await other.unwrapFailure { $0.inject(.on(.decrypt), .invalidState("it is updating")) }
        #expect(passed.verdict == .unreachable)
    }

    @Test("A key that is gone is revoked") func gone() async throws {
        let key = fixture.key
        #expect(try await fixture.unwrapFailure { $0.delete(key) }.verdict == .revoked)
    }

    @Test("A KMS that hangs ends in its time, and says so") func hangs() async throws {
        let wrapped = try await fixture.mainKey().wrap(fixture.payload(), for: fixture.environment)
        kms.inject(.on(.decrypt), .hang)
        let session = try AWSSession(
            settings: AWSSettings(timeout: .milliseconds(300)), environment: fixture.session.configuration.environment,
            clock: SystemBootClock(), wallClock: SystemWallClock())
        let hurried = AWSKMSMainKey(reference: MainKeyReference(kind: .awsKMS, identifier: fixture.key), session: session)
        let start = ContinuousClock.now
        let failure = await #expect(throws: MainKeyFailure.self) { _ = try await hurried.unwrap(wrapped, for: fixture.environment) }
        #expect(failure?.verdict == .unreachable)
        #expect(failure?.message.contains("in time") == true)
        #expect(ContinuousClock.now - start < .seconds(20))
        kms.release()
    }

    @Test("Credentials that expired early are renewed once, and the call goes on") func renews() async throws {
        let fixture = try AWSKMSFixture()
        let role = fixture.kms.createRole("customer", externalID: "ours")
        let options = ["role-arn": role, "external-id": "ours"]
        let wrapped = try await fixture.mainKey(options: options).wrap(fixture.payload(), for: fixture.environment)
        #expect(fixture.kms.calls(.assumeRole) == 1)
        fixture.kms.expireCredentials()
        _ = try await fixture.mainKey(options: options).unwrap(wrapped, for: fixture.environment)
        #expect(fixture.kms.calls(.assumeRole) == 2)
        #expect(fixture.kms.requests.last?.accessKeyID?.hasPrefix("ASIA") == true)
    }

    @Test("A role with another external id is not ours, and STS that is out says nothing of the key") func roles() async throws {
        let role = kms.createRole("customer", externalID: "theirs")
        let refused = try await fixture.probeFailure(options: ["role-arn": role, "external-id": "ours"])
        #expect(refused.verdict == .restricted)
        #expect(refused.stage == .access)
        #expect(refused.message.contains("external id"))
        kms.inject(.on(.assumeRole), .serviceUnavailable)
        #expect(try await fixture.probeFailure(options: ["role-arn": role, "external-id": "theirs"]).verdict == .unreachable)
    }

    @Test("A thousand calls with a role assume it once") func assumesOnce() async throws {
        let role = kms.createRole("customer")
        let wrapped = try await fixture.mainKey().wrap(fixture.payload(), for: fixture.environment)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 {
                group.addTask {
                    _ = try await fixture.mainKey(options: ["role-arn": role]).unwrap(wrapped, for: fixture.environment)
                }
            }
            try await group.waitForAll()
        }
        #expect(kms.calls(.assumeRole) == 1)
    }

    @Test("The key of one environment that hangs delays no other") func hangingKey() async throws {
        let dead = kms.createKey()
        let wrapped = try await fixture.mainKey().wrap(fixture.payload(), for: fixture.environment)
        let lost = try await fixture.mainKey(dead).wrap(fixture.payload(), for: fixture.environment)
        kms.inject(.everything(key: dead), .hang)
        let stuck = Task {
            await withTaskGroup { group in
                for _ in 0..<20 { group.addTask { _ = try? await fixture.mainKey(dead).unwrap(lost, for: fixture.environment) } }
            }
        }
        try await kms.waitForCalls(.decrypt, key: dead, count: TransferQueue.Limits().perLane)
        let answered = try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 { group.addTask { _ = try await fixture.mainKey().unwrap(wrapped, for: fixture.environment) } }
            return try await group.reduce(0) { count, _ in count + 1 }
        }
        #expect(answered == 1000)
        stuck.cancel()
        await stuck.value
        kms.release()
    }
}
