/// How much of an environment the daemon holds in memory, in plaintext, just now. After its deadline or a revocation all of it is 0.
public struct InMemoryReport: Codable, Hashable, Sendable {
    public var environmentKeys: Int
    /// Hourly, connection and log keys.
    public var keys: Int
    /// Cipher contexts that hold a key schedule.
    public var contexts: Int

    public init(environmentKeys: Int = 0, keys: Int = 0, contexts: Int = 0) {
        self.environmentKeys = environmentKeys
        self.keys = keys
        self.contexts = contexts
    }

    /// Everything together.
    public var total: Int { environmentKeys + keys + contexts }
}
