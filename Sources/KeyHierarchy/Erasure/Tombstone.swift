/// What stays of an erased key, so that it never comes back.
package struct Tombstone: Hashable, Sendable {
    package var key: KeyID
    package var environment: EnvironmentID
    package var kind: KeyKind
    /// Of hourly keys.
    package var hour: Hour?
    package var erasure: ErasureID
    package var erasedAt: WallTime

    package init(key: KeyID, environment: EnvironmentID, kind: KeyKind, hour: Hour? = nil, erasure: ErasureID, erasedAt: WallTime) {
        self.key = key
        self.environment = environment
        self.kind = kind
        self.hour = hour
        self.erasure = erasure
        self.erasedAt = erasedAt
    }
}
