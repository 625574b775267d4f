internal import GRDB
internal import KeyHierarchy

/// An hourly, connection or log key, without its wraps. It is written once, and never changed.
struct KeyRow: AuthenticatedRow, Sendable {
    static let table = "keys"
    static let primaryKey = ["id"]

    var id: KeyID
    var environment: EnvironmentID
    var purpose: KeyRecord.Purpose
    /// Without the end of its doubt.
    var createdAt: Stamp
    var born: EnvironmentKeyVersion
    var floor: EnvironmentKeyVersion

    init(_ record: KeyRecord) {
        id = record.id
        environment = record.environment
        purpose = record.purpose
        createdAt = record.createdAt
        born = record.born
        floor = record.floor
    }

    init(_ columns: Columns) throws(RowDamage) {
        id = try columns.identifier("id")
        environment = try columns.identifier("environment")
        createdAt = try columns.stamp("created_at", doubt: "doubt")
        born = columns.isNull("born") ? .first : try columns.version("born")
        floor = columns.isNull("floor") ? .first : try columns.version("floor")
        switch KeyKind(rawValue: try columns.integer("kind")) {
        case .hourly: purpose = .hourly(Hour(number: try columns.integer("hour")))
        case .connection:
            // Bytes, not a text: SQLite would end a text at its first NUL, and two connections would be one.
            let bytes = try columns.bytes("connection", atMost: Limits.connection)
            guard let connection = String(validating: bytes, as: UTF8.self) else { throw columns.unreadable }
            purpose = .connection(ConnectionID(connection), version: try columns.integer("version"))
        case .log: purpose = .log(version: try columns.integer("version"))
        default: throw columns.unreadable
        }
    }

    /// `state` is what hourly keys of schema version 2 had; it is not written any more.
    var columns: Columns {
        var values: [String: DatabaseValue] = [
            "id": id.blob, "environment": environment.blob, "kind": Int64(purpose.kind.rawValue).databaseValue,
            "hour": .null, "state": .null, "connection": .null, "version": .null, "created_at": createdAt.time.seconds.databaseValue,
            "doubt": createdAt.doubtNumber, "born": born.value, "floor": floor.value,
        ]
        switch purpose {
        case .hourly(let hour): values["hour"] = Int64(hour.number).databaseValue
        case .connection(let connection, let version):
            values["connection"] = connection.bytes.blob
            values["version"] = Int64(version).databaseValue
        case .log(let version):
            values["version"] = Int64(version).databaseValue
        }
        return Columns(table: Self.table, byName: values)
    }
}
