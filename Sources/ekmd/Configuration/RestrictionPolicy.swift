/// What becomes of cached keys when the KMS denies access: `cache.on_restriction`.
enum RestrictionPolicy: String, CaseIterable, Sendable {
    /// They live to their deadline.
    case expire
    /// They are wiped at once.
    case purge
}
