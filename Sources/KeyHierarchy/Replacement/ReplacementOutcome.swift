/// What a replacement did, or would do.
package struct ReplacementOutcome: Sendable {
    package enum Kind: String, Sendable {
        case replaced, planned, pending
        /// Withdrawn material was uploaded again: nothing was replaced.
        case restored
    }

    package var kind: Kind
    package var mainKey: MainKeyReference
    /// Of the new main key; nil where it tells none, or was not asked yet.
    package var generation: Generation?
    package var keysToMove = 0
    /// Of those, how many stay unreadable until the old main key is granted again.
    package var keysUnreadable = 0
    package var estimatedTime = Duration.zero
    /// From when the main key may be replaced again.
    package var allowedFrom: WallTime?
    /// What the probe found: whole sentences.
    package var findings: [String] = []
    /// What the customer should look at: whole sentences.
    package var warnings: [String] = []

    package init(_ kind: Kind, mainKey: MainKeyReference, generation: Generation? = nil) {
        self.kind = kind
        self.mainKey = mainKey
        self.generation = generation
    }
}
