/// Why a main key did not do what was asked.
package struct MainKeyFailure: Error, Sendable {
    /// What the customer is told when a key is set up: they know these two cases apart.
    package enum Stage: Sendable {
        /// Cannot access the provided key.
        case access
        /// Could not encrypt data with the provided key.
        case encryption
    }

    /// Never `granted`.
    package var verdict: Verdict
    package var stage: Stage
    /// What happened, for a person.
    package var message: String
    /// The KMS's own words, bounded to 1,024 bytes; empty where it said nothing.
    package var reason: String
    /// What to do next.
    package var remedy: String

    package init(verdict: Verdict, stage: Stage = .access, message: String, reason: String = "", remedy: String) {
        precondition(verdict != .granted, "a failure is never a grant")
        self.verdict = verdict
        self.stage = stage
        self.message = message
        self.reason = reason
        self.remedy = remedy
    }
}

extension MainKeyFailure {
    /// The main key decrypted to something that ekmd did not put there.
    package static let foreignContent = Self(
        verdict: .mismatched, stage: .encryption,
        message: "The main key answered with something that is not this environment's key.",
        remedy: "The KMS is misconfigured, or lies: check that the key's reference names the key that was set up.")

    /// The locked arena is full.
    package static let noSecretMemory = Self(
        verdict: .unreachable, message: "There is no locked memory left for another key.",
        remedy: "Raise LimitMEMLOCK= of the daemon's unit, then try again.")
}
