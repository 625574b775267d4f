/// A verdict, since when it holds, and why in the KMS's own words.
package struct VerdictRecord: Hashable, Sendable {
    package var verdict: Verdict
    /// When a denial was first given, or the key last granted.
    package var at: WallTime
    /// Empty where the KMS said nothing.
    package var reason: String

    package init(_ verdict: Verdict, at: WallTime, reason: String = "") {
        self.verdict = verdict
        self.at = at
        self.reason = reason
    }
}
