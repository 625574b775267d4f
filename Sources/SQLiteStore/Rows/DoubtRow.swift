internal import GRDB
internal import KeyHierarchy

/// A span of time in which the wall clock was not believed, and in which something was kept.
struct DoubtRow: AuthenticatedRow, Sendable {
    static let table = "doubts"
    static let primaryKey = ["number"]

    var doubt: Stamp.Doubt

    init(_ doubt: Stamp.Doubt) { self.doubt = doubt }

    init(_ columns: Columns) throws(RowDamage) {
        doubt = Stamp.Doubt(
            number: try columns.integer("number"), endedAt: columns.isNull("ended_at") ? nil : try columns.time("ended_at"))
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            ["number": Int64(doubt.number).databaseValue, "ended_at": doubt.endedAt?.seconds.databaseValue ?? .null])
    }
}
