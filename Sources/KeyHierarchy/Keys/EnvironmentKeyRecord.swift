/// One version of an environment key as the store keeps it: wrapped by its main key.
package struct EnvironmentKeyRecord: Sendable {
    package var version: EnvironmentKeyVersion
    package var mainKey: MainKeyID
    /// As the KMS named it when it decrypted this very wrap; nil where it tells none.
    package var generation: Generation?
    /// What the main key made of the 56-byte payload.
    package var wrapped: [UInt8]
    package var createdAt: WallTime
    /// When the main key wrapped it last; a KMS that tells no generation is asked to wrap it anew at a set period.
    package var wrappedAt: WallTime

    package init(
        version: EnvironmentKeyVersion, mainKey: MainKeyID, generation: Generation?, wrapped: [UInt8], createdAt: WallTime,
        wrappedAt: WallTime? = nil
    ) {
        self.version = version
        self.mainKey = mainKey
        self.generation = generation
        self.wrapped = wrapped
        self.createdAt = createdAt
        self.wrappedAt = wrappedAt ?? createdAt
    }
}
