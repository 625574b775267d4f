/// How long keys are to be kept after they encrypted for the last time; nil leaves it as it is.
public struct RetentionChange: Hashable, Sendable {
    public enum Period: Hashable, Sendable {
        case forever
        case seconds(UInt64)
    }

    /// Of hourly keys, from the end of their hour.
    public var hours: Period?
    /// Of versions of the log key that a newer one followed, from then.
    public var logs: Period?
    /// Whether what is shortened takes effect at once, and not after a day.
    public var atOnce: Bool

    public init(hours: Period? = nil, logs: Period? = nil, atOnce: Bool = false) {
        self.hours = hours
        self.logs = logs
        self.atOnce = atOnce
    }
}

extension RetentionChange.Period {
    private static let endless = UInt64.max

    init(wire seconds: UInt64) { self = seconds == Self.endless ? .forever : .seconds(seconds) }

    var wire: UInt64 {
        switch self {
        case .forever: Self.endless
        case .seconds(let seconds): seconds
        }
    }
}
