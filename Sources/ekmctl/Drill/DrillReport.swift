import EKMWire

/// What a drill found out. Times are ISO 8601 in UTC; what was not seen is null.
struct DrillReport: Encodable {
    struct Refusal: Codable, Hashable, Sendable {
        var name: String
        var verdict: String
        var message: String
        var reason: String
    }

    var environment: String
    /// When the main key last answered, as the daemon knows it.
    @Nullable var lastProof: String? = nil
    @Nullable var lastSuccess: String? = nil
    /// When the first request was sent that was refused.
    @Nullable var firstRefusal: String? = nil
    @Nullable var refusal: Refusal? = nil
    /// The longest that the last answers allowed: from the last proof to its deadline, in seconds.
    @Nullable var publishedBound: Double? = nil
    @Nullable var fromProofToRefusal: Double? = nil
    @Nullable var fromSuccessToRefusal: Double? = nil
    /// How much later than its deadline it was refused, in seconds; below 0 where it was refused before.
    @Nullable var pastDeadline: Double? = nil
    @Nullable var recovery: String? = nil
    /// From the command that restores the key, or else from the first refusal.
    @Nullable var toRecovery: Double? = nil
    @Nullable var keysInMemory: InMemoryReport? = nil
    var requests = 0
    /// What is not as it should be: whole sentences. Empty where the bound holds.
    var failures: [String] = []

    init(environment: String) { self.environment = environment }
}
