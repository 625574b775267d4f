/// A new version of an environment's key that is to become current: by a rotation, or with a new main key.
package struct Adoption: Sendable {
    package var environmentKey: EnvironmentKeyRecord
    /// Set by a replacement: takes the place of the main key in force, which becomes a former one. One that was pending is pending no more.
    package var mainKey: MainKeyRecord?
    /// Set by a customer's replacement; from it the next 24 hours are counted.
    package var replacedAt: WallTime?
    package var keyFloor: EnvironmentKeyVersion?
    /// Takes the place of any other repack; its `total` is counted by the store.
    package var repack: RepackRecord

    package init(
        environmentKey: EnvironmentKeyRecord, mainKey: MainKeyRecord? = nil, replacedAt: WallTime? = nil,
        keyFloor: EnvironmentKeyVersion? = nil, repack: RepackRecord
    ) {
        self.environmentKey = environmentKey
        self.mainKey = mainKey
        self.replacedAt = replacedAt
        self.keyFloor = keyFloor
        self.repack = repack
    }
}
