/// What is known of one main key of an environment right now.
package struct MainKeyLife: Sendable {
    /// A refusal that is repeated from memory until it is worth asking again.
    package struct Failure: Sendable {
        package var error: HierarchyError
        package var retryAt: BootInstant
        package var attempts: Int
    }

    package internal(set) var provedAt: WallTime?
    package internal(set) var verdict: VerdictRecord?
    package internal(set) var failure: Failure?
    /// Counts the verdicts that make a grant that is under way worthless.
    var denials: UInt64 = 0
    /// When the question was asked that the verdict answers: an older answer changes it only where it wipes.
    var verdictAskedAt = BootInstant(nanoseconds: 0)

    package init() {}
}

/// What a version of the environment key is worth.
struct Proof: Sendable {
    var sentAt: BootInstant
    var until: BootInstant
}
