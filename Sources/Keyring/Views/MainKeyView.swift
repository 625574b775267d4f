package import KeyHierarchy

/// An environment's main key as a customer sees it.
package struct MainKeyView: Sendable {
    package var record: EnvironmentRecord
    package var state: EnvironmentView.State
    package var verdict: VerdictRecord?
    package var provedAt: WallTime?
    /// What the KMS said when it was asked last; nil for keys in no KMS, and before the first poll.
    package var lastPoll: PollResult?
    /// What the main key that waits for its grant answered last.
    package var pendingAnswer: VerdictRecord?
    package var pendingGivesUpAt: WallTime?
    package var census: [CensusEntry]
    package var replacementAllowedFrom: WallTime?
    /// When the KMS, which tells no generation, is asked to wrap the environment key anew.
    package var nextRefreshAt: WallTime?
    /// When a managed key is rotated.
    package var nextManagedRotationAt: WallTime?
    package var repack: RepackView?
    /// Whole sentences.
    package var recommendations: [String]
    package var warnings: [String]
}
