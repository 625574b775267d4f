/// What somebody may do, and on what.
public struct PermissionsReport: Codable, Hashable, Sendable {
    /// A line of the configuration's `grants` that speaks of them.
    public struct Grant: Codable, Hashable, Sendable {
        /// `user NAME` or `group NAME`.
        public var subject: String
        /// Patterns over `workspace/environment`.
        public var environments: [String]
        public var allow: [String]

        public init(subject: String, environments: [String], allow: [String]) {
            self.subject = subject
            self.environments = environments
            self.allow = allow
        }
    }

    /// An operation of the daemon.
    public struct Operation: Codable, Hashable, Sendable {
        public var name: String
        /// One of these must be granted; empty where nothing need be.
        public var needs: [String]
        /// `environment`, `any environment`, `*`, or `nothing`.
        public var on: String
        /// Whether it is; without an environment: on some environment at least.
        public var isAllowed: Bool

        public init(name: String, needs: [String], on: String, isAllowed: Bool) {
            self.name = name
            self.needs = needs
            self.on = on
            self.isAllowed = isAllowed
        }
    }

    public var uid: UInt32
    /// The numbers of the groups that the asking process has; nil of another user, of whom grants to groups are not told.
    @Nullable public var groups: [UInt32]?
    /// The one that was asked about; nil for all.
    @Nullable public var environment: String?
    public var grants: [Grant]
    public var operations: [Operation]

    public init(uid: UInt32, groups: [UInt32]? = nil, environment: String? = nil, grants: [Grant], operations: [Operation]) {
        self.uid = uid
        self.groups = groups
        self.environment = environment
        self.grants = grants
        self.operations = operations
    }
}
