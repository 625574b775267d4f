/// What an operator may set for the key cache.
package struct KeyringSettings: Sendable, Hashable {
    package enum OnRestriction: Sendable, Hashable {
        /// What is cached lives to its deadline.
        case expire
        /// It is wiped at once.
        case purge
    }

    /// How long after a proof keys may be used; at most 5 minutes.
    package var timeToLive: Duration
    package var onRestriction: OnRestriction
    /// The longest pause between two attempts at a main key that failed.
    package var longestPause: Duration
    /// Between two replacements of an environment's main key.
    package var replacementInterval: Duration
    /// How many data keys an environment holds for encrypting, and how many for decrypting.
    package var dataKeys: Int

    package init(
        timeToLive: Duration = .seconds(300), onRestriction: OnRestriction = .expire, longestPause: Duration = .seconds(15),
        replacementInterval: Duration = .seconds(86_400), dataKeys: Int = 4096
    ) {
        self.timeToLive = timeToLive
        self.onRestriction = onRestriction
        self.longestPause = longestPause
        self.replacementInterval = replacementInterval
        self.dataKeys = dataKeys
    }
}
