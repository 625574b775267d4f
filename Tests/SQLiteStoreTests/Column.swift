import Testing

/// One column, and how a forger changes it to something else of its type.
struct Column: CustomTestStringConvertible, Sendable {
    let table: Table
    let name: String

    static let deciding = of(.environments, .mainKeys, .environmentKeys, .repacks)

    var testDescription: String { "\(table).\(name)" }

    /// The columns of `tables`, with their tables.
    static func of(_ tables: Table...) -> [Column] { tables.flatMap { table in table.columns.map { Column(table: table, name: $0) } } }

    var change: String {
        switch name {
        case "kind" where table == .mainKeys, "name", "role", "identifier", "generation", "root_key", "lock_reason", "boot":
            "\(name) = COALESCE(\(name), '') || 'x'"
        case "created_at", "current_version", "replaced_at", "version", "kind", "hour", "state", "key_floor", "newest_version",
            "repack_target", "locked_at", "retention_hours", "retention_logs", "wrapped_at", "retired", "born", "target", "previous",
            "cause",
            "started_at", "moved", "total", "subject", "time", "erased_at", "number", "boot_time", "wall_time", "revision",
            "replaced_doubt", "replaced_early",
            "anchor_boot_time", "anchor_wall_time", "is_bound", "newest_lock", "doubt", "without_old", "floor", "ended_at",
            "next_retention_hours", "next_retention_logs", "next_retention_at":
            "\(name) = COALESCE(\(name), 0) + 10"
        case "id" where table == .clock: "id = 2"
        default: "\(name) = randomblob(COALESCE(length(\(name)), 16))"
        }
    }
}
