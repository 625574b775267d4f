/// The authenticated tables, with the columns that they have: a new one must be added here, or the test of the schema fails.
enum Table: String, CaseIterable, CustomStringConvertible {
    case environments, keys, meta, repacks, erasures, tombstones, receipts, clock, doubts, feed, generations
    case mainKeys = "main_keys"
    case environmentKeys = "environment_keys"
    case feedHorizon = "feed_horizon"

    static let ofEnvironments: [Table] = [.environments, .mainKeys, .environmentKeys, .repacks]

    var description: String { rawValue }
    var place: String { self == .environments ? "id" : "environment" }

    var columns: [String] {
        switch self {
        case .environments:
            [
                "id", "name", "created_at", "main_key", "current_version", "replaced_at", "mac", "key_floor", "newest_version",
                "pending_main_key",
                "repack_target", "locked_at", "lock_reason", "retention_hours", "retention_logs", "revision", "replaced_doubt",
                "replaced_early", "locks",
                "newest_lock", "next_retention_hours", "next_retention_logs", "next_retention_at",
            ]
        case .mainKeys:
            ["id", "environment", "role", "kind", "identifier", "options", "sealed_material", "created_at", "mac", "doubt", "without_old"]
        case .environmentKeys:
            ["environment", "version", "main_key", "generation", "wrapped", "created_at", "mac", "wrapped_at", "retired"]
        case .keys: ["id", "environment", "kind", "hour", "state", "connection", "version", "created_at", "mac", "born", "floor", "doubt"]
        case .meta: ["id", "root_key", "created_at", "mac", "used_at"]
        case .repacks: ["environment", "target", "previous", "cause", "state", "started_at", "cursor", "moved", "total", "mac"]
        case .erasures: ["id", "environment", "subject", "time", "connection", "cause", "started_at", "mac"]
        case .tombstones: ["key", "environment", "kind", "hour", "erasure", "erased_at", "mac"]
        case .receipts: ["number", "erasure", "environment", "document", "signature", "mac"]
        case .doubts: ["number", "ended_at", "mac"]
        case .feed: ["environment", "number", "revision", "mac"]
        case .feedHorizon: ["id", "number", "mac"]
        case .generations: ["environment", "main_key", "generation", "mac"]
        case .clock: ["id", "boot", "boot_time", "wall_time", "mac", "anchor_boot_time", "anchor_wall_time", "is_bound"]
        }
    }
}
