/// When an environment's main key was last replaced, and when it may be again.
public struct ReplacementReport: Codable, Hashable, Sendable {
    @Nullable public var lastAt: String?
    @Nullable public var allowedFrom: String?

    public init(lastAt: String? = nil, allowedFrom: String? = nil) {
        self.lastAt = lastAt
        self.allowedFrom = allowedFrom
    }
}
