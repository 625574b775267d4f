/// The authenticated tables, with the columns that they have: a new one must be added here, or the test of the schema fails.
enum Table: String, CaseIterable, CustomStringConvertible {
    case environments, keys, meta
    case mainKeys = "main_keys"
    case environmentKeys = "environment_keys"

    static let ofEnvironments: [Table] = [.environments, .mainKeys, .environmentKeys]

    var description: String { rawValue }
    var place: String { self == .environments ? "id" : "environment" }

    var columns: [String] {
        switch self {
        case .environments: ["id", "name", "created_at", "main_key", "current_version", "replaced_at", "mac"]
        case .mainKeys: ["id", "environment", "role", "kind", "identifier", "options", "sealed_material", "created_at", "mac"]
        case .environmentKeys: ["environment", "version", "main_key", "generation", "wrapped", "created_at", "mac"]
        case .keys: ["id", "environment", "kind", "hour", "state", "connection", "version", "created_at", "mac"]
        case .meta: ["id", "root_key", "created_at", "mac"]
        }
    }
}
