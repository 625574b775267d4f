internal import GRDB
internal import KeyHierarchy

/// The clocks as they were last seen.
struct ClockRow: AuthenticatedRow, Sendable {
    static let table = "clock"
    static let primaryKey = ["id"]

    var tick: ClockTick

    init(_ tick: ClockTick) { self.tick = tick }

    init(_ columns: Columns) throws(RowDamage) {
        guard try columns.integer("id", as: Int.self) == 1 else { throw columns.unreadable }
        tick = ClockTick(
            boot: try columns.text("boot", atMost: Limits.boot), bootTime: BootInstant(nanoseconds: try columns.integer("boot_time")),
            wallTime: try columns.time("wall_time"), anchor: try Self.anchor(columns),
            isBound: !columns.isNull("is_bound"))
    }

    /// Schema version 2 had none: the tick is its own.
    private static func anchor(_ columns: Columns) throws(RowDamage) -> ClockAnchor? {
        if columns.isNull("anchor_boot_time"), columns.isNull("anchor_wall_time") { return nil }
        return ClockAnchor(
            bootTime: BootInstant(nanoseconds: try columns.integer("anchor_boot_time")), wallTime: try columns.time("anchor_wall_time"))
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "id": 1.databaseValue, "boot": tick.boot.databaseValue,
                "boot_time": Int64(clamping: tick.bootTime.nanoseconds).databaseValue, "wall_time": tick.wallTime.seconds.databaseValue,
                "anchor_boot_time": Int64(clamping: tick.anchor.bootTime.nanoseconds).databaseValue,
                "anchor_wall_time": tick.anchor.wallTime.seconds.databaseValue,
                "is_bound": tick.isBound ? 1.databaseValue : .null,
            ])
    }
}
