/// Whether a main key is rotated by itself.
public struct RotationReport: Codable, Hashable, Sendable {
    /// `automatic`, `off`, `unknown` or `not-applicable`.
    public var kind: String
    /// Every so many days.
    @Nullable public var days: Int?
    /// When next, ISO 8601 in UTC.
    @Nullable public var next: String?
    /// The same for a person; where it is not known, why.
    public var text: String

    public init(kind: String, days: Int? = nil, next: String? = nil, text: String) {
        self.kind = kind
        self.days = days
        self.next = next
        self.text = text
    }
}
