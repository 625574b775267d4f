internal import GRDB
internal import KeyHierarchy

/// The repack that an environment is in; one at a time.
struct RepackRow: AuthenticatedRow, Sendable {
    static let table = "repacks"
    static let primaryKey = ["environment"]

    var environment: EnvironmentID
    var record: RepackRecord

    init(_ record: RepackRecord, of environment: EnvironmentID) {
        self.record = record
        self.environment = environment
    }

    init(_ columns: Columns) throws(RowDamage) {
        environment = try columns.identifier("environment")
        guard let cause = RepackRecord.Cause(rawValue: try columns.integer("cause")),
            let state = RepackRecord.State(rawValue: try columns.integer("state"))
        else { throw columns.unreadable }
        record = RepackRecord(
            target: try columns.version("target"), previous: try columns.version("previous"), cause: cause, state: state,
            startedAt: try columns.time("started_at"), cursor: columns.isNull("cursor") ? nil : try columns.identifier("cursor"),
            moved: try columns.integer("moved"), total: try columns.integer("total"))
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "environment": environment.blob, "target": record.target.value, "previous": record.previous.value,
                "cause": Int64(record.cause.rawValue).databaseValue, "state": Int64(record.state.rawValue).databaseValue,
                "started_at": record.startedAt.seconds.databaseValue, "cursor": record.cursor?.blob ?? .null,
                "moved": record.moved.databaseValue, "total": record.total.databaseValue,
            ])
    }
}
