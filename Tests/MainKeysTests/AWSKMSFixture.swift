import Cryptography
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import MainKeys

/// A KMS with one key, and the session of a daemon that uses it.
struct AWSKMSFixture: Sendable {
    let kms: FaultInjectingKMS
    let key: String
    let session: AWSSession
    let environment: EnvironmentIdentity

    init(
        _ variables: [String: String] = [:], settings: AWSSettings = AWSSettings(timeout: .seconds(120)),
        retry: AWSRetry = AWSKMSFixture.fast, clock: any BootClock = SystemBootClock(), wallClock: any WallClock = SystemWallClock()
    ) throws {
        kms = try FaultInjectingKMS()
        key = kms.createKey()
        // Whoever runs these tests may have a configuration, and sit in a cloud.
        let isolated = [
            "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": kms.endpoint,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret/+secret",
        ]
        session = try AWSSession(
            settings: settings, environment: isolated.merging(variables) { $1 }, clock: clock, wallClock: wallClock, retry: retry)
        environment = EnvironmentIdentity(id: try .random(), name: try EnvironmentName("acme/prod"))
    }

    /// Pauses of no length.
    static var fast: AWSRetry {
        var retry = AWSRetry()
        retry.pause = .zero
        return retry
    }

    func mainKey(_ identifier: String? = nil, options: [String: String] = [:]) -> AWSKMSMainKey {
        AWSKMSMainKey(reference: MainKeyReference(kind: .awsKMS, identifier: identifier ?? key, options: options), session: session)
    }

    func payload() throws -> SecretBytes { try .random(byteCount: 56) }

    /// How the probe of a key fails.
    func probeFailure(_ identifier: String? = nil, options: [String: String] = [:]) async throws -> MainKeyFailure {
        try #require(
            await #expect(throws: MainKeyFailure.self) { _ = try await mainKey(identifier, options: options).probe(for: environment) })
    }

    /// How unwrapping what the key wrapped before ends after `change`.
    func unwrapFailure(after change: (FaultInjectingKMS) -> Void) async throws -> MainKeyFailure {
        let wrapped = try await mainKey().wrap(payload(), for: environment)
        change(kms)
        return try #require(
            await #expect(throws: MainKeyFailure.self) { _ = try await mainKey().unwrap(wrapped, for: environment) })
    }
}
