/// A new version of an environment's key that is to become current: by a rotation, or with a new main key.
package struct Adoption: Sendable {
    package var environmentKey: EnvironmentKeyRecord
    /// Set by a replacement: takes the place of the main key in force, which becomes a former one.
    package var mainKey: MainKeyRecord?
    /// Set by a customer's replacement; from it the next 24 hours are counted.
    package var replacedAt: Stamp?
    /// Whether the 24 hours were not waited for, because the main key in force is gone.
    package var isWaived: Bool
    package var keyFloor: EnvironmentKeyVersion?
    /// Whether a main key that waits for its grant is given up: this one was it, or takes its place.
    package var endsPending: Bool
    /// Takes the place of any other repack; its `total` is counted by the store.
    package var repack: RepackRecord

    package init(
        environmentKey: EnvironmentKeyRecord, mainKey: MainKeyRecord? = nil, replacedAt: Stamp? = nil,
        isWaived: Bool = false, keyFloor: EnvironmentKeyVersion? = nil, endsPending: Bool = false, repack: RepackRecord
    ) {
        self.environmentKey = environmentKey
        self.mainKey = mainKey
        self.replacedAt = replacedAt
        self.isWaived = isWaived
        self.keyFloor = keyFloor
        self.endsPending = endsPending
        self.repack = repack
    }
}
