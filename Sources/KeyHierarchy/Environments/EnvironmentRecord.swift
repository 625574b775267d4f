/// What the store keeps of one environment, without its keys.
package struct EnvironmentRecord: Sendable {
    package var identity: EnvironmentIdentity
    package var createdAt: WallTime
    /// The main key in force.
    package var mainKey: MainKeyRecord
    /// The environment key in force, wrapped by `mainKey`.
    package var environmentKey: EnvironmentKeyRecord
    /// Older versions that keys may still hang under, oldest first; those that a repack has retired are not among them.
    package var olderEnvironmentKeys: [EnvironmentKeyRecord]
    /// Main keys that were replaced, as long as `olderEnvironmentKeys` name them.
    package var formerMainKeys: [MainKeyRecord]
    /// A main key that the customer has not granted yet: it replaces `mainKey` once it answers.
    package var pendingMainKey: MainKeyRecord?
    /// When the last replacement of the main key took effect.
    package var replacedAt: WallTime?
    /// Keys that were born under an older version encrypt nothing more; raised by a replacement.
    package var keyFloor: EnvironmentKeyVersion
    /// The highest version that the environment's key ever had, a cancelled replacement's included; no number is used twice.
    package var newestVersion: EnvironmentKeyVersion
    package var repack: RepackRecord?
    package var lock: EnvironmentLock?
    package var retention: Retention
    /// What does not verify; the environment is then shut, whatever else this record says.
    package var damage: String?

    package init(
        identity: EnvironmentIdentity, createdAt: WallTime, mainKey: MainKeyRecord, environmentKey: EnvironmentKeyRecord,
        olderEnvironmentKeys: [EnvironmentKeyRecord] = [], formerMainKeys: [MainKeyRecord] = [], pendingMainKey: MainKeyRecord? = nil,
        replacedAt: WallTime? = nil, keyFloor: EnvironmentKeyVersion = .first, newestVersion: EnvironmentKeyVersion? = nil,
        repack: RepackRecord? = nil, lock: EnvironmentLock? = nil, retention: Retention = Retention(), damage: String? = nil
    ) {
        self.identity = identity
        self.createdAt = createdAt
        self.mainKey = mainKey
        self.environmentKey = environmentKey
        self.olderEnvironmentKeys = olderEnvironmentKeys
        self.formerMainKeys = formerMainKeys
        self.pendingMainKey = pendingMainKey
        self.replacedAt = replacedAt
        self.keyFloor = keyFloor
        self.newestVersion = newestVersion ?? olderEnvironmentKeys.map(\.version).reduce(environmentKey.version, max)
        self.repack = repack
        self.lock = lock
        self.retention = retention
        self.damage = damage
    }

    /// The version of the environment key, unless it was retired.
    package func environmentKey(_ version: EnvironmentKeyVersion) -> EnvironmentKeyRecord? {
        environmentKey.version == version ? environmentKey : olderEnvironmentKeys.first { $0.version == version }
    }

    package func mainKey(_ id: MainKeyID) -> MainKeyRecord? { mainKey.id == id ? mainKey : formerMainKeys.first { $0.id == id } }
}
