/// What the store keeps of one environment, without its keys.
package struct EnvironmentRecord: Sendable {
    package var identity: EnvironmentIdentity
    package var createdAt: WallTime
    /// The main key in force.
    package var mainKey: MainKeyRecord
    /// The environment key in force, wrapped by `mainKey`.
    package var environmentKey: EnvironmentKeyRecord
    /// When the last replacement of the main key took effect.
    package var replacedAt: WallTime?
    /// What does not verify; the environment is then shut, whatever else this record says.
    package var damage: String?

    package init(
        identity: EnvironmentIdentity, createdAt: WallTime, mainKey: MainKeyRecord, environmentKey: EnvironmentKeyRecord,
        replacedAt: WallTime? = nil, damage: String? = nil
    ) {
        self.identity = identity
        self.createdAt = createdAt
        self.mainKey = mainKey
        self.environmentKey = environmentKey
        self.replacedAt = replacedAt
        self.damage = damage
    }
}
