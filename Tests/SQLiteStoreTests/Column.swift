import Testing

/// One column, and how a forger changes it to something else of its type.
struct Column: CustomTestStringConvertible, Sendable {
    let table: Table
    let name: String

    static let deciding = Table.ofEnvironments.flatMap { table in table.columns.map { Column(table: table, name: $0) } }
    static let ofKeys = Table.keys.columns.map { Column(table: .keys, name: $0) }

    var testDescription: String { "\(table).\(name)" }

    var change: String {
        switch name {
        case "kind" where table != .keys, "name", "role", "identifier", "generation", "root_key": "\(name) = \(name) || 'x'"
        case "created_at", "current_version", "replaced_at", "version", "kind", "hour", "state": "\(name) = COALESCE(\(name), 0) + 1"
        default: "\(name) = randomblob(COALESCE(length(\(name)), 16))"
        }
    }
}
