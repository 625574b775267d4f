/// How much of an environment the daemon holds in memory, in plaintext, just now. After its deadline or a revocation all of it is 0.
public struct InMemoryReport: Codable, Hashable, Sendable {
    public var environmentKeys: Int
    /// Hourly, connection, log and data keys.
    public var keys: Int
    /// Ciphers that were set up with one of the keys.
    public var ciphers: Int

    public init(environmentKeys: Int = 0, keys: Int = 0, ciphers: Int = 0) {
        self.environmentKeys = environmentKeys
        self.keys = keys
        self.ciphers = ciphers
    }

    /// The members of the document keep the names that they were published under.
    private enum CodingKeys: String, CodingKey {
        case environmentKeys, keys
        case ciphers = "contexts"
    }

    /// Everything together.
    public var total: Int { environmentKeys + keys + ciphers }
}
