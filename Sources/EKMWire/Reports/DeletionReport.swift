/// What becomes, or became, unreadable with an environment.
public struct DeletionReport: Codable, Hashable, Sendable {
    public var environment: String
    public var connectionKeys: Int
    public var hourlyKeys: Int
    public var logKeys: Int
    /// The first hour that has a key, ISO 8601 in UTC; nil where there is none.
    public var firstHour: String?
    /// The last hour that has a key.
    public var lastHour: String?

    public init(environment: String, connectionKeys: Int, hourlyKeys: Int, logKeys: Int, firstHour: String? = nil, lastHour: String? = nil)
    {
        self.environment = environment
        self.connectionKeys = connectionKeys
        self.hourlyKeys = hourlyKeys
        self.logKeys = logKeys
        self.firstHour = firstHour
        self.lastHour = lastHour
    }

    private enum CodingKeys: String, CodingKey {
        case environment, connectionKeys, hourlyKeys, logKeys, firstHour, lastHour
    }

    /// Optional fields are written as null, so that a reader finds every name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(environment, forKey: .environment)
        try container.encode(connectionKeys, forKey: .connectionKeys)
        try container.encode(hourlyKeys, forKey: .hourlyKeys)
        try container.encode(logKeys, forKey: .logKeys)
        try container.encode(firstHour, forKey: .firstHour)
        try container.encode(lastHour, forKey: .lastHour)
    }
}
