/// What the daemon tells about itself.
public struct StatusReport: Codable, Hashable, Sendable {
    public var version: String
    public var pid: Int
    /// When the daemon started, ISO 8601 in UTC.
    public var startedAt: String
    public var uptimeSeconds: Int
    /// The path of the socket.
    public var socket: String
    /// The path of the state directory.
    public var state: String
    /// How many environments are in each state, of those at which the user may look; of so many at most 10,000 are counted unless the user
    /// may look at all.
    public var environments: [String: Int]
    /// Those that an operator should look at, and why.
    public var troubled: [TroubledReport]
    /// Nil for who may not look at all environments.
    @Nullable public var requests: RequestReport?
    /// How many clients are connected; nil for who may not look at all environments.
    @Nullable public var connections: Int?
    /// The kind of store, and its version.
    public var storeBackend: String
    /// Whether a backup of the root key was ever taken; nil for who may not look at all environments.
    @Nullable public var rootKeyExported: Bool?
    /// What an operator should look at: whole sentences.
    public var warnings: [String]

    public init(
        version: String, pid: Int, startedAt: String, uptimeSeconds: Int, socket: String, state: String, environments: [String: Int],
        troubled: [TroubledReport] = [], requests: RequestReport?, connections: Int?, storeBackend: String, rootKeyExported: Bool?,
        warnings: [String]
    ) {
        self.version = version
        self.pid = pid
        self.startedAt = startedAt
        self.uptimeSeconds = uptimeSeconds
        self.socket = socket
        self.state = state
        self.environments = environments
        self.troubled = troubled
        self.requests = requests
        self.connections = connections
        self.storeBackend = storeBackend
        self.rootKeyExported = rootKeyExported
        self.warnings = warnings
    }
}
