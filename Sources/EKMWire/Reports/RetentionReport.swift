/// For how many seconds keys are kept after they encrypted for the last time; nil: for ever.
public struct RetentionReport: Codable, Hashable, Sendable {
    /// Hourly keys, from the end of their hour.
    @Nullable public var hours: Int?
    /// Versions of the log key that a newer one followed, from then.
    @Nullable public var logs: Int?

    public init(hours: Int? = nil, logs: Int? = nil) {
        self.hours = hours
        self.logs = logs
    }
}
