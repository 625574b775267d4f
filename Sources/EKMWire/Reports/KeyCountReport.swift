/// How many keys of each kind an environment has.
public struct KeyCountReport: Codable, Hashable, Sendable {
    public var hourly: Int
    public var connection: Int
    public var log: Int

    public init(hourly: Int, connection: Int, log: Int) {
        self.hourly = hourly
        self.connection = connection
        self.log = log
    }
}
