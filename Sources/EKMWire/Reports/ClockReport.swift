/// Whether the daemon believes the wall clock. Times are ISO 8601, in UTC.
public struct ClockReport: Codable, Hashable, Sendable {
    /// `trusted` or `in-doubt`: what cannot be undone waits while it is in doubt.
    public var state: String
    /// Why it is in doubt.
    @Nullable public var reason: String?
    /// What the wall clock says.
    public var wall: String
    /// What the daemon takes for the time.
    @Nullable public var believed: String?

    public init(state: String, reason: String? = nil, wall: String, believed: String? = nil) {
        self.state = state
        self.reason = reason
        self.wall = wall
        self.believed = believed
    }
}
