/// A verdict, when it was given, and why in the KMS's own words.
package struct VerdictRecord: Hashable, Sendable {
    package var verdict: Verdict
    package var at: WallTime
    /// Empty where the KMS said nothing.
    package var reason: String

    package init(_ verdict: Verdict, at: WallTime, reason: String = "") {
        self.verdict = verdict
        self.at = at
        self.reason = reason
    }
}
