/// One line about a receipt; what stands in it is for its reader to check.
public struct ReceiptSummaryReport: Codable, Hashable, Sendable {
    /// In hex.
    public var id: String
    /// When the erasure was complete, ISO 8601 in UTC.
    @Nullable public var at: String?
    /// `retention` or `command`.
    @Nullable public var cause: String?
    /// What was erased, for a person.
    @Nullable public var subject: String?
    /// How many keys went.
    @Nullable public var keys: Int?

    public init(id: String, at: String? = nil, cause: String? = nil, subject: String? = nil, keys: Int? = nil) {
        self.id = id
        self.at = at
        self.cause = cause
        self.subject = subject
        self.keys = keys
    }
}
