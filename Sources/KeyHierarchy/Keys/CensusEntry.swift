/// How many live keys hang under one version of the environment key, and so under one main key and generation.
package struct CensusEntry: Hashable, Sendable {
    package var version: EnvironmentKeyVersion
    package var mainKey: MainKeyID
    package var generation: Generation?
    package var keys: Int

    package init(version: EnvironmentKeyVersion, mainKey: MainKeyID, generation: Generation?, keys: Int) {
        self.version = version
        self.mainKey = mainKey
        self.generation = generation
        self.keys = keys
    }
}
