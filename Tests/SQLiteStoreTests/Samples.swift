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

    static func key(_ purpose: KeyRecord.Purpose, of environment: EnvironmentID) throws -> KeyRecord {
        KeyRecord(
            id: try .random(), environment: environment, purpose: purpose, createdAt: WallTime(seconds: 1_700_000_003),
            wraps: [Wrap(version: .first, bytes: try Random.bytes(72))])
    }

    static func hourly(_ hour: UInt32, _ state: HourlyKey.State = .active) -> KeyRecord.Purpose {
        .hourly(HourlyKey(hour: Hour(number: hour), state: state))
    }
}
