/// What becomes, or became, unreadable with an environment.
public struct DeletionReport: Codable, Hashable, Sendable {
    public var environment: String
    public var connectionKeys: Int
    public var hourlyKeys: Int
    public var logKeys: Int
    /// The first hour that has a key, ISO 8601 in UTC; nil where there is none.
    @Nullable public var firstHour: String?
    /// The last hour that has a key.
    @Nullable public var lastHour: String?
    /// Where it is deleted, and its bytes still stand in the log of the store's file: why, and when they go.
    @Nullable public var purgeDue: String?

    public init(
        environment: String, connectionKeys: Int, hourlyKeys: Int, logKeys: Int, firstHour: String? = nil, lastHour: String? = nil,
        purgeDue: String? = nil
    ) {
        self.environment = environment
        self.connectionKeys = connectionKeys
        self.hourlyKeys = hourlyKeys
        self.logKeys = logKeys
        self.firstHour = firstHour
        self.lastHour = lastHour
        self.purgeDue = purgeDue
    }
}
