/// What is known of one main key of an environment right now.
struct MainKeyLife {
    /// A refusal that is repeated from memory until it is worth asking again.
    struct Failure {
        var error: HierarchyError
        var retryAt: BootInstant
        var attempts: Int
    }

    /// Counts what makes an answer that is under way worthless: every verdict that denies.
    var revision: UInt64 = 0
    var provedAt: WallTime?
    var verdict: VerdictRecord?
    var failure: Failure?
}
