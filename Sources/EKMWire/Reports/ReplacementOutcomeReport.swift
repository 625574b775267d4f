/// What came of a replacement of the main key, or would. Times are ISO 8601, in UTC.
public struct ReplacementOutcomeReport: Codable, Hashable, Sendable {
    /// The name: `workspace/environment`.
    public var environment: String
    /// `replaced`; `planned` by a dry run; `pending` until the key is granted; `restored` where withdrawn material came back.
    public var outcome: String
    /// The new main key, or the one that would be.
    public var mainKey: MainKeyReport
    /// How many keys move to it in the background.
    public var keysToMove: Int
    /// How many keys stay unreadable until the old main key is granted again.
    public var keysUnreadable: Int
    /// About how long the move takes.
    @Nullable public var estimatedSeconds: Int?
    /// From when the main key may be replaced again, or could be; nil: at once.
    @Nullable public var allowedFrom: String?
    /// What was tried on the new key, and how that ended: a line each.
    public var probe: [String]
    /// What the customer should look at: whole sentences.
    public var warnings: [String]

    public init(
        environment: String, outcome: String, mainKey: MainKeyReport, keysToMove: Int = 0, keysUnreadable: Int = 0,
        estimatedSeconds: Int? = nil, allowedFrom: String? = nil, probe: [String] = [], warnings: [String] = []
    ) {
        self.environment = environment
        self.outcome = outcome
        self.mainKey = mainKey
        self.keysToMove = keysToMove
        self.keysUnreadable = keysUnreadable
        self.estimatedSeconds = estimatedSeconds
        self.allowedFrom = allowedFrom
        self.probe = probe
        self.warnings = warnings
    }
}
