import Cryptography
import KeyHierarchy

/// Records to store; no key in them is a real one.
enum Samples {
    /// A root key whose 32 bytes are all `fill`.
    static func rootKey(_ fill: UInt8 = 7) throws -> RootKey {
        let bytes = [UInt8](repeating: fill, count: RootKey.byteCount)
        return try RootKey(SecretBytes(copying: bytes.span.bytes))
    }

    static func environment(_ name: String, generation: String? = "g1", options: [String: String] = ["given": "alias/x", "role-arn": "r"])
        throws -> EnvironmentRecord
    {
        let mainKey = MainKeyRecord(
            id: try .random(), reference: MainKeyReference(kind: .awsKMS, identifier: "arn:aws:kms:eu-central-1:1:key/2", options: options),
            sealedMaterial: try Random.bytes(72), createdAt: WallTime(seconds: 1_700_000_000))
        return EnvironmentRecord(
            identity: EnvironmentIdentity(id: try .random(), name: try EnvironmentName(name)), createdAt: WallTime(seconds: 1_700_000_001),
            mainKey: mainKey,
            environmentKey: EnvironmentKeyRecord(
                version: .first, mainKey: mainKey.id, generation: generation.map { Generation($0) }, wrapped: try Random.bytes(150),
                createdAt: WallTime(seconds: 1_700_000_002)))
    }

    /// One whose main key was replaced and whose repack is under way, with a main key that waits, a lock and retention.
    static func replacedEnvironment(_ name: String) throws -> EnvironmentRecord {
        var environment = try Samples.environment(name)
        environment.formerMainKeys = [try mainKey()]
        environment.pendingMainKey = try mainKey()
        environment.olderEnvironmentKeys = [try environmentKey(1, under: environment.formerMainKeys[0].id)]
        environment.environmentKey = try environmentKey(2, under: environment.mainKey.id)
        environment.newestVersion = EnvironmentKeyVersion(number: 2)
        environment.keyFloor = environment.newestVersion
        environment.replacedAt = WallTime(seconds: 1_700_000_100)
        environment.repack = RepackRecord(
            target: environment.newestVersion, previous: .first, cause: .replacement, startedAt: WallTime(seconds: 1_700_000_100),
            cursor: try .random(), moved: 3, total: 5)
        environment.lock = EnvironmentLock(at: WallTime(seconds: 1_700_000_200), reason: "a suspicion")
        environment.retention = Retention(hours: .seconds(86_400), logs: .seconds(3600))
        return environment
    }

    static func mainKey() throws -> MainKeyRecord {
        MainKeyRecord(
            id: try .random(), reference: .material, sealedMaterial: try Random.bytes(72), createdAt: WallTime(seconds: 1_700_000_050))
    }

    static func environmentKey(_ version: UInt32, under mainKey: MainKeyID) throws -> EnvironmentKeyRecord {
        EnvironmentKeyRecord(
            version: EnvironmentKeyVersion(number: version), mainKey: mainKey, generation: Generation("g\(version)"),
            wrapped: try Random.bytes(150), createdAt: WallTime(seconds: 1_700_000_060), wrappedAt: WallTime(seconds: 1_700_000_070))
    }

    static func key(_ purpose: KeyRecord.Purpose, of environment: EnvironmentID) throws -> KeyRecord {
        KeyRecord(
            id: try .random(), environment: environment, purpose: purpose, createdAt: WallTime(seconds: 1_700_000_003),
            wraps: [Wrap(version: .first, bytes: try Random.bytes(72))])
    }

    static func hourly(_ hour: UInt32, _ state: HourlyKey.State = .active) -> KeyRecord.Purpose {
        .hourly(HourlyKey(hour: Hour(number: hour), state: state))
    }
}
