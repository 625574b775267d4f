/// How long keys are kept after they encrypted for the last time; nil: for ever.
package struct Retention: Hashable, Sendable {
    /// Of hourly keys, counted from the end of their hour.
    package var hours: Duration?
    /// Of versions of the log key that a newer one followed, counted from then.
    package var logs: Duration?

    package init(hours: Duration? = nil, logs: Duration? = nil) {
        self.hours = hours
        self.logs = logs
    }
}
