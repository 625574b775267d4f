internal import GRDB
internal import KeyHierarchy

/// Counts an environment's keys, but not those whose tombstone stands: rows that came back from a backup.
struct LiveKeys {
    private let environment: DatabaseValue
    /// Almost always false; then nothing needs to be looked up key by key.
    private let hasReturned: Bool

    init(of environment: EnvironmentID, _ database: Database) throws {
        self.environment = environment.blob
        hasReturned = try Self.hasReturned(self.environment, database)
    }

    func contents(_ condition: String = "TRUE", _ arguments: [DatabaseValue] = [], _ database: Database) throws -> EnvironmentContents {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT kind, COUNT(*), MIN(hour), MAX(hour) FROM keys WHERE environment = ?1 AND \(condition)\(unburied("id"))
                    GROUP BY kind
                    """), arguments: StatementArguments([environment] + arguments))
        var contents = EnvironmentContents()
        for row in rows {
            let count: Int = row[1] ?? 0
            switch KeyKind(rawValue: UInt8(clamping: row[0] as Int? ?? 0)) {
            case .hourly:
                contents.hourlyKeys = count
                contents.firstHour = (row[2] as Int64?).map { Hour(number: UInt32(clamping: $0)) }
                contents.lastHour = (row[3] as Int64?).map { Hour(number: UInt32(clamping: $0)) }
            case .connection: contents.connectionKeys = count
            case .log: contents.logKeys = count
            default: break
            }
        }
        return contents
    }

    func contents(_ database: Database) throws -> EnvironmentContents { try contents("TRUE", [], database) }

    func wrapsByVersion(_ database: Database) throws -> [Int64: Int] {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT version, COUNT(*) FROM wraps WHERE environment = ?\(unburied("key")) GROUP BY version"),
            arguments: [environment])
        return Dictionary(rows.map { ($0[0] as Int64? ?? 0, $0[1] as Int? ?? 0) }, uniquingKeysWith: +)
    }

    private func unburied(_ column: String) -> String { hasReturned ? " AND \(column) NOT IN (SELECT key FROM tombstones)" : "" }

    /// Looks each of the fewer up among the others.
    private static func hasReturned(_ environment: DatabaseValue, _ database: Database) throws -> Bool {
        let first = "SELECT 1 FROM tombstones WHERE environment = ? LIMIT 1"
        guard try SQLiteStore.exists(database, first, [environment]) else { return false }
        let tombstones = try SQLiteStore.count(database, "SELECT COUNT(*) FROM tombstones WHERE environment = ?", [environment])
        let keys = try SQLiteStore.count(database, "SELECT COUNT(*) FROM keys WHERE environment = ?", [environment])
        let join =
            tombstones < keys
            ? "tombstones CROSS JOIN keys ON keys.id = tombstones.key WHERE tombstones.environment = ?"
            : "keys CROSS JOIN tombstones ON tombstones.key = keys.id WHERE keys.environment = ?"
        return try SQLiteStore.exists(database, "SELECT 1 FROM \(join) LIMIT 1", [environment])
    }
}
