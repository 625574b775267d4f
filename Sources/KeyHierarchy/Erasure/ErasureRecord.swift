/// An erasure as the store keeps it, from its first deletion on; its receipt comes when nothing is left in file or log.
package struct ErasureRecord: Hashable, Sendable {
    /// What is to be erased.
    package enum Subject: Hashable, Sendable {
        /// Hourly keys whose hour ended at or before that time.
        case before(WallTime)
        /// Every version of a connection's key that there was when the erasure began.
        case connection(ConnectionID)
        /// Versions of the log key that a newer one had followed by then.
        case logs(before: WallTime)
    }

    package enum Cause: UInt8, Sendable {
        case retention = 1
        /// An operator's command.
        case command = 2
    }

    package var id: ErasureID
    package var environment: EnvironmentID
    package var subject: Subject
    package var cause: Cause
    package var startedAt: WallTime

    package init(id: ErasureID, environment: EnvironmentID, subject: Subject, cause: Cause, startedAt: WallTime) {
        self.id = id
        self.environment = environment
        self.subject = subject
        self.cause = cause
        self.startedAt = startedAt
    }

    /// Moves the subject's time on to that of `other`, for an erasure that is begun a second time; never back.
    /// - Returns: false where `other` is of another kind, or another connection's.
    package mutating func widen(to other: Subject) -> Bool {
        switch (subject, other) {
        case (.before(let old), .before(let new)): subject = .before(max(old, new))
        case (.logs(before: let old), .logs(before: let new)): subject = .logs(before: max(old, new))
        case (.connection(let old), .connection(let new)): return old == new
        default: return false
        }
        return true
    }
}

/// Names one erasure, and its receipt.
package struct ErasureID: Identifier {
    package let halves: Halves

    package init(halves: Halves) { self.halves = halves }
}
