/// What the daemon tells about an environment's main key. Times are ISO 8601, in UTC.
public struct KeyReport: Codable, Hashable, Sendable {
    /// The name: `workspace/environment`.
    public var environment: String
    public var mainKey: MainKeyReport
    /// Whether the KMS tells generations; where it does not, the environment key is wrapped anew from time to time.
    public var generationTold: Bool
    public var state: EnvironmentReport.State
    public var proof: ProofReport
    public var rotation: RotationReport
    /// When the key, or its imported material, ends.
    @Nullable public var endsAt: String?
    /// A main key that waits for its grant.
    @Nullable public var pending: PendingMainKeyReport?
    /// What hangs under each version of the environment key.
    public var census: [KeyCensusReport]
    public var replacement: ReplacementReport
    /// The repack under way, or nil.
    @Nullable public var repack: RepackReport?
    /// When the current environment key was last wrapped by the main key.
    @Nullable public var wrappedAt: String?
    /// When it will be wrapped anew; nil where that is not needed.
    @Nullable public var nextRefreshAt: String?
    /// When the KMS was last asked how the key is; nil where there is none, or it was not asked yet.
    @Nullable public var lastPollAt: String?
    /// What would make the key safer: whole sentences.
    public var recommendations: [String]
    /// What the customer should look at: whole sentences.
    public var warnings: [String]

    public init(
        environment: String, mainKey: MainKeyReport, generationTold: Bool, state: EnvironmentReport.State, proof: ProofReport,
        rotation: RotationReport, endsAt: String? = nil, pending: PendingMainKeyReport? = nil, census: [KeyCensusReport] = [],
        replacement: ReplacementReport = ReplacementReport(), repack: RepackReport? = nil, wrappedAt: String? = nil,
        nextRefreshAt: String? = nil, lastPollAt: String? = nil, recommendations: [String] = [], warnings: [String] = []
    ) {
        self.environment = environment
        self.mainKey = mainKey
        self.generationTold = generationTold
        self.state = state
        self.proof = proof
        self.rotation = rotation
        self.endsAt = endsAt
        self.pending = pending
        self.census = census
        self.replacement = replacement
        self.repack = repack
        self.wrappedAt = wrappedAt
        self.nextRefreshAt = nextRefreshAt
        self.lastPollAt = lastPollAt
        self.recommendations = recommendations
        self.warnings = warnings
    }
}
