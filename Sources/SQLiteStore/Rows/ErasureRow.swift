internal import GRDB
internal import KeyHierarchy

/// An erasure that has no receipt yet.
struct ErasureRow: AuthenticatedRow, Sendable {
    static let table = "erasures"
    static let primaryKey = ["id"]

    private enum Subject: Int64 {
        case before = 1
        case connection = 2
        case logs = 3
    }

    var record: ErasureRecord

    init(_ record: ErasureRecord) { self.record = record }

    init(_ columns: Columns) throws(RowDamage) {
        guard let cause = ErasureRecord.Cause(rawValue: try columns.integer("cause")) else { throw columns.unreadable }
        let subject: ErasureRecord.Subject
        switch Subject(rawValue: try columns.integer("subject")) {
        case .before: subject = .before(try columns.time("time"))
        case .connection:
            guard let connection = String(validating: try columns.bytes("connection", atMost: Limits.connection), as: UTF8.self) else {
                throw columns.unreadable
            }
            subject = .connection(ConnectionID(connection))
        case .logs: subject = .logs(before: try columns.time("time"))
        case nil: throw columns.unreadable
        }
        record = ErasureRecord(
            id: try columns.identifier("id"), environment: try columns.identifier("environment"), subject: subject, cause: cause,
            startedAt: try columns.time("started_at"))
    }

    var columns: Columns {
        var values: [String: DatabaseValue] = [
            "id": record.id.blob, "environment": record.environment.blob, "time": .null, "connection": .null,
            "cause": Int64(record.cause.rawValue).databaseValue, "started_at": record.startedAt.seconds.databaseValue,
        ]
        let subject: Subject
        switch record.subject {
        case .before(let time): (subject, values["time"]) = (.before, time.seconds.databaseValue)
        case .connection(let connection): (subject, values["connection"]) = (.connection, connection.bytes.blob)
        case .logs(let time): (subject, values["time"]) = (.logs, time.seconds.databaseValue)
        }
        values["subject"] = subject.rawValue.databaseValue
        return Columns(table: Self.table, byName: values)
    }
}
