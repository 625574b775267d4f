internal import GRDB
internal import KeyHierarchy

/// An hourly, connection or log key, without its wraps.
struct KeyRow: AuthenticatedRow, Sendable {
    static let table = "keys"
    static let primaryKey = ["id"]

    var id: KeyID
    var environment: EnvironmentID
    var purpose: KeyRecord.Purpose
    var createdAt: WallTime
    var born: EnvironmentKeyVersion

    init(_ record: KeyRecord) {
        id = record.id
        environment = record.environment
        purpose = record.purpose
        createdAt = record.createdAt
        born = record.born
    }

    init(_ columns: Columns) throws(RowDamage) {
        id = try columns.identifier("id")
        environment = try columns.identifier("environment")
        createdAt = try columns.time("created_at")
        born = columns.isNull("born") ? .first : try columns.version("born")
        switch KeyKind(rawValue: try columns.integer("kind")) {
        case .hourly:
            guard let state = HourlyKey.State(rawValue: try columns.integer("state")) else { throw columns.unreadable }
            purpose = .hourly(HourlyKey(hour: Hour(number: try columns.integer("hour")), state: state))
        case .connection:
            // Bytes, not a text: SQLite would end a text at its first NUL, and two connections would be one.
            let bytes = try columns.bytes("connection", atMost: Limits.connection)
            guard let connection = String(validating: bytes, as: UTF8.self) else { throw columns.unreadable }
            purpose = .connection(connection, version: try columns.integer("version"))
        case .log:
            purpose = .log(version: try columns.integer("version"))
        default: throw columns.unreadable
        }
    }

    var columns: Columns {
        var values: [String: DatabaseValue] = [
            "id": id.blob, "environment": environment.blob, "kind": Int64(purpose.kind.rawValue).databaseValue,
            "hour": .null, "state": .null, "connection": .null, "version": .null, "created_at": createdAt.seconds.databaseValue,
            "born": born.value,
        ]
        switch purpose {
        case .hourly(let key):
            values["hour"] = Int64(key.hour.number).databaseValue
            values["state"] = Int64(key.state.rawValue).databaseValue
        case .connection(let connection, let version):
            values["connection"] = Array(connection.utf8).blob
            values["version"] = Int64(version).databaseValue
        case .log(let version):
            values["version"] = Int64(version).databaseValue
        }
        return Columns(table: Self.table, values)
    }
}
