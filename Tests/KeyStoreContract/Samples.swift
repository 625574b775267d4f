internal import Cryptography
package import KeyHierarchy
import TestSupport

/// Records to store; no key in them is a real one.
package enum Samples {
    /// A root key whose 32 bytes are all `fill`.
    package static func rootKey(_ fill: UInt8 = 7) throws -> RootKey {
        let bytes = [UInt8](repeating: fill, count: RootKey.byteCount)
        return try RootKey(SecretBytes(copying: bytes.span.bytes))
    }

    package static func environment(
        _ name: String, generation: String? = "g1", options: [String: String] = ["given": "alias/x", "role-arn": "r"]
    )
        throws -> EnvironmentRecord
    {
        let mainKey = MainKeyRecord(
            id: try .random(), reference: MainKeyReference(kind: .aKMS, identifier: "arn:aws:kms:eu-central-1:1:key/2", options: options),
            sealedMaterial: try Random.bytes(72), createdAt: Stamp(WallTime(seconds: 1_700_000_000)))
        return EnvironmentRecord(
            identity: EnvironmentIdentity(id: try .random(), name: try EnvironmentName(name)), createdAt: WallTime(seconds: 1_700_000_001),
            mainKey: mainKey,
            environmentKey: EnvironmentKeyRecord(
                version: .first, mainKey: mainKey.id, generation: generation.map { Generation($0) }, wrapped: try Random.bytes(150),
                createdAt: WallTime(seconds: 1_700_000_002)))
    }

    /// One whose main key was replaced and whose repack is under way, with a main key that waits, a lock and retention.
    package static func replacedEnvironment(_ name: String) throws -> EnvironmentRecord {
        var environment = try Samples.environment(name)
        environment.formerMainKeys = [try mainKey()]
        environment.pending = PendingMainKey(try mainKey(), withoutOld: true)
        environment.olderEnvironmentKeys = [try environmentKey(1, under: environment.formerMainKeys[0].id)]
        environment.environmentKey = try environmentKey(2, under: environment.mainKey.id)
        environment.newestVersion = EnvironmentKeyVersion(number: 2)
        environment.keyFloor = environment.newestVersion
        environment.replacedAt = Stamp(WallTime(seconds: 1_700_000_100))
        environment.repack = RepackRecord(
            target: environment.newestVersion, previous: .first, cause: .replacement, startedAt: WallTime(seconds: 1_700_000_100),
            cursor: try .random(), moved: 3, total: 5)
        environment.locks = [
            EnvironmentLock(number: 2, at: WallTime(seconds: 1_700_000_200), reason: "a suspicion"),
            EnvironmentLock(number: 5, at: WallTime(seconds: 1_700_000_300), reason: "ein Verdacht – noch einer"),
        ]
        environment.newestLock = 7
        environment.retention = Retention(hours: .seconds(86_400), logs: .seconds(3600))
        return environment
    }

    package static func mainKey() throws -> MainKeyRecord {
        MainKeyRecord(
            id: try .random(), reference: .material, sealedMaterial: try Random.bytes(72),
            createdAt: Stamp(WallTime(seconds: 1_700_000_050)))
    }

    package static func environmentKey(_ version: UInt32, under mainKey: MainKeyID) throws -> EnvironmentKeyRecord {
        EnvironmentKeyRecord(
            version: EnvironmentKeyVersion(number: version), mainKey: mainKey, generation: Generation("g\(version)"),
            wrapped: try Random.bytes(150), createdAt: WallTime(seconds: 1_700_000_060), wrappedAt: WallTime(seconds: 1_700_000_070))
    }

    /// A key with a wrap under each of `versions`, born under the highest of them.
    package static func key(
        _ purpose: KeyRecord.Purpose, of environment: EnvironmentID, under versions: [UInt32] = [1],
        createdAt: WallTime = WallTime(seconds: 1_700_000_003), inDoubt: Bool = false, floor: UInt32 = 1
    ) throws -> KeyRecord {
        KeyRecord(
            id: try .random(), environment: environment, purpose: purpose,
            createdAt: Stamp(createdAt, doubt: inDoubt ? Stamp.Doubt() : nil), born: version(versions.max() ?? 1), floor: version(floor),
            wraps: try versions.map { Wrap(version: version($0), bytes: try Random.bytes(72)) })
    }

    package static func version(_ number: UInt32) -> EnvironmentKeyVersion { EnvironmentKeyVersion(number: number) }

    /// A new version under the same main key.
    package static func rotation(of environment: EnvironmentRecord, to number: UInt32, previous: UInt32) throws -> Adoption {
        Adoption(
            environmentKey: try environmentKey(number, under: environment.mainKey.id),
            repack: RepackRecord(
                target: version(number), previous: version(previous), cause: .rotation, startedAt: WallTime(seconds: 1_700_001_000)))
    }

    /// A new version under another main key.
    package static func replacement(to number: UInt32, previous: UInt32) throws -> Adoption {
        let mainKey = try mainKey()
        return Adoption(
            environmentKey: try environmentKey(number, under: mainKey.id), mainKey: mainKey,
            replacedAt: Stamp(WallTime(seconds: 1_700_002_000)),
            keyFloor: version(number), endsPending: true,
            repack: RepackRecord(
                target: version(number), previous: version(previous), cause: .replacement, startedAt: WallTime(seconds: 1_700_002_000)))
    }

    package static func erasure(
        _ subject: ErasureRecord.Subject, of environment: EnvironmentID, cause: ErasureRecord.Cause = .command,
        startedAt: WallTime = WallTime(seconds: 1_700_004_000), as id: ErasureID? = nil
    ) throws -> ErasureRecord {
        ErasureRecord(id: try id ?? .random(), environment: environment, subject: subject, cause: cause, startedAt: startedAt)
    }

    package static func receipt(of erasure: ErasureRecord) throws -> SignedReceipt {
        SignedReceipt(
            erasure: erasure.id, environment: erasure.environment, document: try Random.bytes(300), signature: try Random.bytes(64))
    }

    package static func hourly(_ hour: UInt32) -> KeyRecord.Purpose { .hourly(Hour(number: hour)) }
}
