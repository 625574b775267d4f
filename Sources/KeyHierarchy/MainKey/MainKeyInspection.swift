/// What a main key's KMS tells of it without using it. It is no proof, and moves no deadline.
package struct MainKeyInspection: Sendable {
    /// Whether the KMS rotates the key by itself.
    package enum Rotation: Hashable, Sendable {
        /// There is no such thing: the key is not in a KMS, or its material was imported.
        case notApplicable
        case off
        /// Every so many days; next at that time, where the KMS tells it.
        case automatic(days: Int?, next: WallTime?)
        /// The KMS did not tell, for the reason given.
        case unknown(String)
    }

    /// The generation that encrypts now; nil where the KMS tells none.
    package var generation: Generation?
    /// What the key's state means for its use; nil while it can be used.
    package var failure: MainKeyFailure?
    /// When the key, or its imported material, ends.
    package var endsAt: WallTime?
    package var rotation: Rotation
    /// What the customer should look at: whole sentences, for instance that a pinned alias now names another key.
    package var warnings: [String]

    package init(
        generation: Generation? = nil, failure: MainKeyFailure? = nil, endsAt: WallTime? = nil, rotation: Rotation = .notApplicable,
        warnings: [String] = []
    ) {
        self.generation = generation
        self.failure = failure
        self.endsAt = endsAt
        self.rotation = rotation
        self.warnings = warnings
    }
}
