internal import GRDB
internal import KeyHierarchy

/// The last change of one environment.
struct FeedRow: AuthenticatedRow, Sendable {
    static let table = "feed"
    static let primaryKey = ["environment"]

    var entry: FeedEntry

    init(_ entry: FeedEntry) { self.entry = entry }

    init(_ columns: Columns) throws(RowDamage) {
        entry = FeedEntry(
            number: try columns.integer("number"), environment: try columns.identifier("environment"),
            revision: columns.isNull("revision") ? nil : Revision(number: try columns.integer("revision")))
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "environment": entry.environment.blob, "number": Int64(clamping: entry.number).databaseValue,
                "revision": entry.revision.map { Int64(clamping: $0.number).databaseValue } ?? .null,
            ])
    }
}

/// Up to where the feed has forgotten deleted environments; no row before it has forgotten any.
struct FeedHorizonRow: AuthenticatedRow, Sendable {
    static let table = "feed_horizon"
    static let primaryKey = ["id"]

    var number: UInt64

    init(_ number: UInt64) { self.number = number }

    init(_ columns: Columns) throws(RowDamage) {
        guard try columns.integer("id", as: Int.self) == 1 else { throw columns.unreadable }
        number = try columns.integer("number")
    }

    var columns: Columns {
        Columns(table: Self.table, ["id": 1.databaseValue, "number": Int64(clamping: number).databaseValue])
    }
}
