import KeyHierarchy
import TestSupport
import Testing

@testable import MainKeys

@Suite("The probe of a key in AWS KMS", .timeLimit(.minutes(5))) struct AWSKMSProbeTests {
    private let fixture: AWSKMSFixture
    private var kms: FaultInjectingKMS { fixture.kms }

    init() throws { fixture = try AWSKMSFixture() }

    @Test("A key that works is accepted, and kept by its ARN with all that was given") func accepts() async throws {
        let role = kms.createRole("customer", externalID: "x")
        let pinned = try await fixture.mainKey(options: ["role-arn": role, "external-id": "x"]).probe(for: fixture.environment)
        #expect(pinned.kind == .awsKMS)
        #expect(pinned.identifier == fixture.key)
        #expect(pinned.options == ["role-arn": role, "external-id": "x", "given": fixture.key])
    }

    @Test("A policy that allows this environment's context alone is enough") func leastPolicy() async throws {
        kms.require(context: ["ekm:workspace": "acme", "ekm:environment": "prod"], on: fixture.key)
        _ = try await fixture.mainKey().probe(for: fixture.environment)
    }

    @Test(
        "A missing permission is named, at the stage where it is missing",
        arguments: [
            (FaultInjectingKMS.Operation.describeKey, MainKeyFailure.Stage.access), (.encrypt, .encryption), (.decrypt, .encryption),
        ]) func permissions(_ operation: FaultInjectingKMS.Operation, _ stage: MainKeyFailure.Stage) async throws
    {
        kms.deny([operation], on: fixture.key)
        let failure = try await fixture.probeFailure()
        #expect(failure.stage == stage)
        #expect(failure.verdict == .restricted)
        #expect(failure.message.contains("kms:\(operation.rawValue)"))
    }

    @Test(
        "A key of another type is told as what it is",
        arguments: [
            ("ENCRYPT_DECRYPT", "RSA_2048", "asymmetric"), ("SIGN_VERIFY", "ECC_NIST_P256", "asymmetric"),
            ("GENERATE_VERIFY_MAC", "HMAC_256", "HMAC"),
        ]) func otherTypes(_ usage: String, _ spec: String, _ word: String) async throws
    {
        let failure = try await fixture.probeFailure(kms.createKey(usage: usage, spec: spec))
        #expect(failure.stage == .encryption)
        #expect(failure.message.contains(word))
        #expect(kms.calls(.encrypt) == 0)
    }

    @Test(
        "A key that is off or gone is told as that",
        arguments: [
            (FaultInjectingKMS.KeyState.disabled, "disabled"), (.pendingDeletion, "deletion, at 20"), (.pendingImport, "no material"),
        ]) func off(_ state: FaultInjectingKMS.KeyState, _ words: String) async throws
    {
        kms.setState(state, of: fixture.key)
        let failure = try await fixture.probeFailure()
        #expect(failure.stage == .encryption)
        #expect(failure.verdict == .revoked)
        #expect(failure.message.contains(words))
    }

    @Test(
        "A key that is not there, or is no key, is not accessible",
        arguments: [
            ("arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000000", "no such key"),
            ("arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000", "region"),
            ("arn:aws:kms:eu-central-1:111122223333:alias/none", "no such key"), ("arn:aws:s3:::bucket", "not the ARN"),
            ("", "not the ARN"),
            ("00000000-0000-0000-0000-000000000000", "no region"),
        ]) func notThere(_ identifier: String, _ words: String) async throws
    {
        let failure = try await fixture.probeFailure(identifier)
        #expect(failure.stage == .access)
        #expect(failure.message.contains(words))
    }

    @Test("Without credentials the key is not accessible, and the places that were searched are named") func noCredentials() async throws {
        let failure = try await AWSKMSFixture(["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""]).probeFailure()
        #expect(failure.stage == .access)
        #expect(failure.verdict == .unreachable, "what this machine lacks is no denial")
        #expect(failure.message.contains("no AWS credentials"))
    }

    @Test("Credentials that AWS does not know are told as that") func unknownCredentials() async throws {
        kms.refuseCredentials("AKIDEXAMPLE")
        let failure = try await fixture.probeFailure()
        #expect(failure.stage == .access)
        #expect(failure.verdict == .restricted)
        #expect(failure.message.contains("credentials"))
    }

    @Test("A KMS that is not there is unreachable") func unreachable() async throws {
        kms.goDown()
        let failure = try await fixture.probeFailure()
        #expect(failure.stage == .access)
        #expect(failure.verdict == .unreachable)
    }

    @Test("A KMS that decrypts under any context is refused") func lyingContext() async throws {
        let answer = #"{"KeyId":"\#(fixture.key)","Plaintext":"AAAA"}"#
        kms.inject(.on(.decrypt, times: 1), .then { $0.inject(.on(.decrypt), .raw(status: 200, body: answer)) })
        let failure = try await fixture.probeFailure()
        #expect(failure.verdict == .mismatched)
        #expect(failure.message.contains("another encryption context"))
    }

    @Test("A KMS that decrypts what was changed is refused") func lyingTag() async throws {
        let answer = #"{"KeyId":"\#(fixture.key)","Plaintext":"AAAA"}"#
        kms.inject(
            .on(.decrypt, times: 1),
            .then { kms in
                kms.inject(.on(.decrypt, times: 1), .then { $0.inject(.on(.decrypt), .raw(status: 200, body: answer)) })
            })
        let failure = try await fixture.probeFailure()
        #expect(failure.verdict == .mismatched)
        #expect(failure.message.contains("was changed"))
    }

    @Test(
        "No answer under another context proves nothing",
        arguments: [
            FaultInjectingKMS.Fault.serviceUnavailable, .throttled, .close, .disabled("it"),
        ]) func noAnswerProvesNothing(_ fault: FaultInjectingKMS.Fault) async throws
    {
        kms.inject(.on(.decrypt, times: 1), .then { $0.inject(.on(.decrypt), fault) })
        #expect(try await fixture.probeFailure().verdict != .granted)
    }

    @Test("A KMS that decrypts to something else is refused") func lyingPlaintext() async throws {
        kms.inject(.on(.decrypt), .wrongPlaintext([UInt8](repeating: 7, count: 56)))
        #expect(try await fixture.probeFailure().verdict == .mismatched)
    }

    @Test("An answer for another key is refused at each step", arguments: [FaultInjectingKMS.Operation.encrypt, .decrypt])
    func otherKey(_ operation: FaultInjectingKMS.Operation) async throws {
        kms.inject(.on(operation), .wrongKeyID(kms.createKey()))
        #expect(try await fixture.probeFailure().verdict == .mismatched)
    }

    @Test("No failure tells the credentials") func keepsSecrets() async throws {
        for fault in [FaultInjectingKMS.Fault.unrecognizedClient, .accessDenied("kms:DescribeKey"), .garbage, .close] {
            kms.clearFaults()
            kms.inject(.everything(), fault)
            let failure = try await fixture.probeFailure()
            #expect(!"\(failure)".contains("secret/+secret"))
        }
    }
}
