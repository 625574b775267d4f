/// What an operator may set of the rules of an environment's life.
package struct LifeRules: Sendable, Hashable {
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

    package init(timeToLive: Duration = .seconds(300), onRestriction: OnRestriction = .expire, longestPause: Duration = .seconds(15)) {
        self.timeToLive = timeToLive
        self.onRestriction = onRestriction
        self.longestPause = longestPause
    }

    /// Doubles from a quarter of a second.
    /// - Parameter share: 0.5 to 1: how much of the full pause is taken, so that many environments do not ask in step.
    package func pause(after attempts: Int, share: Double) -> Duration {
        min(Duration.milliseconds(250 << min(attempts - 1, 10)), longestPause) * share
    }
}

/// The moment in which something happens to an environment, with the rules that hold then.
package struct LifeMoment: Sendable {
    package var boot: BootInstant
    package var wall: WallTime
    package var rules: LifeRules
    /// 0.5 to 1, at random.
    package var share: Double

    package init(boot: BootInstant, wall: WallTime, rules: LifeRules, share: Double = 1) {
        self.boot = boot
        self.wall = wall
        self.rules = rules
        self.share = share
    }
}
