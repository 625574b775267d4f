/// What the store keeps of one environment, without its keys.
package struct EnvironmentRecord: Sendable {
    package var identity: EnvironmentIdentity
    package var revision: Revision
    package var createdAt: WallTime
    /// The main key in force.
    package var mainKey: MainKeyRecord
    /// The environment key in force, wrapped by `mainKey`.
    package var environmentKey: EnvironmentKeyRecord
    /// Older versions that keys may still hang under, oldest first; those that a repack has retired are not among them.
    package var olderEnvironmentKeys: [EnvironmentKeyRecord]
    /// Main keys that were replaced, as long as `olderEnvironmentKeys` name them.
    package var formerMainKeys: [MainKeyRecord]
    /// Waits for the customer's grant.
    package var pending: PendingMainKey?
    /// When the last replacement of the main key took effect.
    package var replacedAt: Stamp?
    /// Whether that one did not wait for its 24 hours: the next one does.
    package var isWaived: Bool
    /// Keys that were born under an older version encrypt nothing more; raised by a replacement.
    package var keyFloor: EnvironmentKeyVersion
    /// The highest version that the environment's key ever had, a cancelled replacement's included; no number is used twice.
    package var newestVersion: EnvironmentKeyVersion
    package var repack: RepackRecord?
    /// Oldest first; empty where the environment is open.
    package var locks: [EnvironmentLock]
    /// The highest number that a lock ever had.
    package var newestLock: UInt32
    package var retention: Retention
    /// Whether a version stood there that a repack has retired, and whose wraps are to be swept.
    package var isSweepDue: Bool
    /// What does not verify; the environment is then shut, whatever else this record says.
    package var damage: String?

    package init(
        identity: EnvironmentIdentity, revision: Revision = .first, createdAt: WallTime, mainKey: MainKeyRecord,
        environmentKey: EnvironmentKeyRecord,
        olderEnvironmentKeys: [EnvironmentKeyRecord] = [], formerMainKeys: [MainKeyRecord] = [], pending: PendingMainKey? = nil,
        replacedAt: Stamp? = nil, isWaived: Bool = false,
        keyFloor: EnvironmentKeyVersion = .first, newestVersion: EnvironmentKeyVersion? = nil,
        repack: RepackRecord? = nil, locks: [EnvironmentLock] = [], newestLock: UInt32? = nil, retention: Retention = Retention(),
        isSweepDue: Bool = false, damage: String? = nil
    ) {
        self.identity = identity
        self.revision = revision
        self.createdAt = createdAt
        self.mainKey = mainKey
        self.environmentKey = environmentKey
        self.olderEnvironmentKeys = olderEnvironmentKeys
        self.formerMainKeys = formerMainKeys
        self.pending = pending
        self.replacedAt = replacedAt
        self.isWaived = isWaived
        self.keyFloor = keyFloor
        self.newestVersion = newestVersion ?? olderEnvironmentKeys.map(\.version).reduce(environmentKey.version, max)
        self.repack = repack
        self.locks = locks
        self.newestLock = newestLock ?? locks.map(\.number).max() ?? 0
        self.retention = retention
        self.isSweepDue = isSweepDue
        self.damage = damage
    }

    /// The version of the environment key, unless it was retired.
    package func environmentKey(_ version: EnvironmentKeyVersion) -> EnvironmentKeyRecord? {
        environmentKey.version == version ? environmentKey : olderEnvironmentKeys.first { $0.version == version }
    }

    package func mainKey(_ id: MainKeyID) -> MainKeyRecord? { mainKey.id == id ? mainKey : formerMainKeys.first { $0.id == id } }

    /// The one in force, then the former ones.
    package var mainKeys: [MainKeyRecord] { [mainKey] + formerMainKeys }

    /// The versions that a main key wraps, oldest first.
    package func versions(under mainKey: MainKeyID) -> [EnvironmentKeyVersion] {
        versions.filter { $0.mainKey == mainKey }.map(\.version).sorted()
    }

    /// Every version that was not retired.
    package var versions: [EnvironmentKeyRecord] { [environmentKey] + olderEnvironmentKeys }

    /// Whether the material of the main key in force was withdrawn.
    package var isWithdrawn: Bool { mainKey.isWithdrawn }

    /// The main key, in force or a former one, whose material was withdrawn and is that of `generation`.
    package func withdrawnMainKey(of generation: Generation) -> MainKeyRecord? {
        mainKeys.first { key in key.isWithdrawn && versions.contains { $0.mainKey == key.id && $0.generation == generation } }
    }
}
