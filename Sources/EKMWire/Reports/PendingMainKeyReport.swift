/// A main key that takes over once the customer has granted it. Times are ISO 8601, in UTC.
public struct PendingMainKeyReport: Codable, Hashable, Sendable {
    public var mainKey: MainKeyReport
    public var since: String
    /// When it is forgotten unless it was granted; nil while the clock is in doubt by which it was registered.
    @Nullable public var givesUpAt: String?
    /// What the last attempt to use it met; nil before the first.
    @Nullable public var lastAnswer: String?

    public init(mainKey: MainKeyReport, since: String, givesUpAt: String?, lastAnswer: String? = nil) {
        self.mainKey = mainKey
        self.since = since
        self.givesUpAt = givesUpAt
        self.lastAnswer = lastAnswer
    }
}
