/// How many requests the daemon has answered since it started.
public struct RequestReport: Codable, Hashable, Sendable {
    /// All requests, failures included.
    public var total: Int
    /// Those that were answered with an error.
    public var failed: Int
    /// Requests for each operation, by its name.
    public var byOperation: [String: Int]

    public init(total: Int, failed: Int, byOperation: [String: Int] = [:]) {
        self.total = total
        self.failed = failed
        self.byOperation = byOperation
    }
}
