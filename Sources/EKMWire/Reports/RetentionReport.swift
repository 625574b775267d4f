/// For how many seconds keys are kept after they encrypted for the last time; nil: for ever.
public struct RetentionReport: Codable, Hashable, Sendable {
    /// Hourly keys, from the end of their hour.
    @Nullable public var hours: Int?
    /// Versions of the log key that a newer one followed, from then.
    @Nullable public var logs: Int?
    /// A shorter retention that waits for its time, or nil.
    @Nullable public var next: Next?

    public init(hours: Int? = nil, logs: Int? = nil, next: Next? = nil) {
        self.hours = hours
        self.logs = logs
        self.next = next
    }
}

extension RetentionReport {
    /// What follows a retention.
    public struct Next: Codable, Hashable, Sendable {
        @Nullable public var hours: Int?
        @Nullable public var logs: Int?
        /// When it takes effect, ISO 8601 in UTC.
        public var from: String

        public init(hours: Int? = nil, logs: Int? = nil, from: String) {
            self.hours = hours
            self.logs = logs
            self.from = from
        }
    }
}
