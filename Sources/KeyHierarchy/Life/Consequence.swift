/// What a verdict on a main key does to its environment. This is the one table of it.
package struct Consequence: Hashable, Sendable {
    package enum Keys: Hashable, Sendable {
        /// The cache lives until the request was sent, plus the time to live.
        case proved
        /// Nothing is extended: what is cached lives to its deadline.
        case left
        /// Everything under this main key goes at once; the whole environment, if it is the one in force.
        case wiped
    }

    package var keys: Keys
    /// Whether a grant that was asked for before this verdict is worthless.
    package var isDenial: Bool

    package init(of verdict: Verdict, onRestriction: LifeRules.OnRestriction) {
        (keys, isDenial) =
            switch verdict {
            case .granted: (.proved, false)
            case .restricted: (onRestriction == .purge ? .wiped : .left, true)
            case .revoked: (.wiped, true)
            case .mismatched: (.wiped, true)
            case .throttled: (.left, false)
            case .unreachable: (.left, false)
            }
    }
}
