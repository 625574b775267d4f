/// The main key of an environment.
public struct MainKeyReport: Codable, Hashable, Sendable {
    /// `managed`, `material` or a kind of KMS; `unknown` of one that is no longer recorded.
    public var kind: String
    /// What names the key in its KMS, as it was pinned; empty for keys that are in none.
    public var reference: String
    /// The version of the key's material, as its KMS names it; nil where it is not known.
    @Nullable public var generation: String?
    /// How the key is reached, by the names of its kind's options; none of them is secret.
    public var options: [String: String]

    public init(kind: String, reference: String, generation: String? = nil, options: [String: String] = [:]) {
        self.kind = kind
        self.reference = reference
        self.generation = generation
        self.options = options
    }
}
