internal import GRDB
internal import KeyHierarchy

/// What stays of an erased key.
struct TombstoneRow: AuthenticatedRow, Sendable {
    static let table = "tombstones"
    static let primaryKey = ["key"]

    var record: Tombstone

    init(_ record: Tombstone) { self.record = record }

    init(_ columns: Columns) throws(RowDamage) {
        guard let kind = KeyKind(rawValue: try columns.integer("kind")) else { throw columns.unreadable }
        record = Tombstone(
            key: try columns.identifier("key"), environment: try columns.identifier("environment"), kind: kind,
            hour: columns.isNull("hour") ? nil : Hour(number: try columns.integer("hour")), erasure: try columns.identifier("erasure"),
            erasedAt: try columns.time("erased_at"))
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "key": record.key.blob, "environment": record.environment.blob, "kind": Int64(record.kind.rawValue).databaseValue,
                "hour": record.hour.map { Int64($0.number).databaseValue } ?? .null, "erasure": record.erasure.blob,
                "erased_at": record.erasedAt.seconds.databaseValue,
            ])
    }
}
