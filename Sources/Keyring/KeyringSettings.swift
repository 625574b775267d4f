package import KeyHierarchy

/// What an operator may set for the key cache and its upkeep.
package struct KeyringSettings: Sendable, Hashable {
    package typealias OnRestriction = LifeRules.OnRestriction

    package var rules: LifeRules
    /// Between two replacements of an environment's main key.
    package var replacementInterval: Duration
    /// How often every main key in a KMS is asked for its state and generation.
    package var pollInterval: Duration
    /// Calls per second to all KMSs together.
    package var callsPerSecond: Int
    /// A KMS that tells no generation is asked to wrap the environment key anew after this time.
    package var refreshInterval: Duration
    /// A managed key is rotated after this time.
    package var managedRotation: Duration
    /// A main key that is registered but not granted is given up after this time.
    package var pendingLifetime: Duration
    /// Keys per second that all repacks together may move.
    package var repackRate: Int
    /// How many data keys an environment holds for encrypting, and how many for decrypting.
    package var dataKeys: Int
    /// The most connection keys that an environment may have in the store.
    package var connectionKeys: Int

    package init(
        timeToLive: Duration = .seconds(300), onRestriction: OnRestriction = .expire, longestPause: Duration = .seconds(15),
        replacementInterval: Duration = .seconds(86_400), pollInterval: Duration = .seconds(60), callsPerSecond: Int = 500,
        refreshInterval: Duration = .seconds(86_400), managedRotation: Duration = .seconds(365 * 86_400),
        pendingLifetime: Duration = .seconds(7 * 86_400), repackRate: Int = 1_000_000, dataKeys: Int = 12_288,
        connectionKeys: Int = 1_000_000
    ) {
        rules = LifeRules(timeToLive: timeToLive, onRestriction: onRestriction, longestPause: longestPause)
        self.replacementInterval = replacementInterval
        self.pollInterval = pollInterval
        self.callsPerSecond = callsPerSecond
        self.refreshInterval = refreshInterval
        self.managedRotation = managedRotation
        self.pendingLifetime = pendingLifetime
        self.repackRate = repackRate
        self.dataKeys = dataKeys
        self.connectionKeys = connectionKeys
    }

    /// How long after a proof keys may be used; at most 5 minutes.
    package var timeToLive: Duration {
        get { rules.timeToLive }
        set { rules.timeToLive = newValue }
    }

    package var onRestriction: OnRestriction {
        get { rules.onRestriction }
        set { rules.onRestriction = newValue }
    }

    /// The longest pause between two attempts at a main key that failed.
    package var longestPause: Duration {
        get { rules.longestPause }
        set { rules.longestPause = newValue }
    }
}
