/// When an environment's main key was last replaced, and when it may be again.
public struct ReplacementReport: Codable, Hashable, Sendable {
    public var lastAt: String?
    public var allowedFrom: String?

    public init(lastAt: String? = nil, allowedFrom: String? = nil) {
        self.lastAt = lastAt
        self.allowedFrom = allowedFrom
    }

    private enum CodingKeys: String, CodingKey {
        case lastAt, allowedFrom
    }

    /// Optional fields are written as null, so that a reader finds every name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(lastAt, forKey: .lastAt)
        try container.encode(allowedFrom, forKey: .allowedFrom)
    }
}
