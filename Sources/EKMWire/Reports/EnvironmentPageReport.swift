/// Some of the environments, by name.
public struct EnvironmentPageReport: Codable, Hashable, Sendable {
    public var environments: [EnvironmentReport]
    /// The name to go on behind; nil where there are no more.
    @Nullable public var next: String?

    public init(environments: [EnvironmentReport], next: String? = nil) {
        self.environments = environments
        self.next = next
    }
}
