/// What the daemon tells about an environment. Times are ISO 8601, in UTC.
public struct EnvironmentReport: Codable, Hashable, Sendable {
    /// The name: `workspace/environment`.
    public var environment: String
    /// The random id, in hex: a name that is deleted and made again has another.
    public var id: String
    public var state: State
    public var mainKey: MainKeyReport
    public var proof: ProofReport
    /// How many seconds the environment would live if its KMS went silent now, 0 while nothing may be used; nil where it needs no
    /// proof: no kind of main key is so today.
    @Nullable public var secondsLeft: Int?
    /// How many live keys still hang under each generation of the main key.
    public var census: [CensusReport]
    public var replacement: ReplacementReport
    /// The repack under way, or nil.
    @Nullable public var repack: RepackReport?
    public var keys: KeyCountReport
    /// The operator's first lock, or nil.
    @Nullable public var lock: LockReport?
    /// Every lock that holds, oldest first.
    @Nullable public var locks: [LockReport]?
    public var retention: RetentionReport
    public var inMemory: InMemoryReport
    public var createdAt: String

    public init(
        environment: String, id: String, state: State, mainKey: MainKeyReport, proof: ProofReport, secondsLeft: Int?,
        census: [CensusReport], replacement: ReplacementReport, repack: RepackReport?, keys: KeyCountReport, lock: LockReport? = nil,
        locks: [LockReport]? = nil,
        retention: RetentionReport = RetentionReport(), inMemory: InMemoryReport = InMemoryReport(), createdAt: String
    ) {
        self.environment = environment
        self.id = id
        self.state = state
        self.mainKey = mainKey
        self.proof = proof
        self.secondsLeft = secondsLeft
        self.census = census
        self.replacement = replacement
        self.repack = repack
        self.keys = keys
        self.lock = lock
        self.locks = locks
        self.retention = retention
        self.inMemory = inMemory
        self.createdAt = createdAt
    }
}

extension EnvironmentReport {
    /// What an environment can do now, in one word.
    public struct State: RawRepresentable, Codable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// Its key was proved within the TTL.
        public static let available = State(rawValue: "available")
        /// Its key was not asked for, or not within the TTL; the next request asks.
        public static let unproved = State(rawValue: "unproved")
        /// The KMS says that we may not.
        public static let restricted = State(rawValue: "restricted")
        /// The KMS says that the key is off or gone.
        public static let revoked = State(rawValue: "revoked")
        /// Another key answered, or content that is not ours.
        public static let mismatched = State(rawValue: "mismatched")
        /// The KMS does not answer.
        public static let unreachable = State(rawValue: "unreachable")
        /// An operator locked it.
        public static let locked = State(rawValue: "locked")
        /// What the store holds of it fails its authentication.
        public static let damaged = State(rawValue: "damaged")
    }
}
