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
            wallTime: try columns.time("wall_time"))
        guard !columns.isNull("anchor_boot_time") else { return }
        tick.anchor = ClockTick.Anchor(
            bootTime: BootInstant(nanoseconds: try columns.integer("anchor_boot_time")), wallTime: try columns.time("anchor_wall_time"))
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "id": 1.databaseValue, "boot": tick.boot.databaseValue,
                "boot_time": Int64(clamping: tick.bootTime.nanoseconds).databaseValue, "wall_time": tick.wallTime.seconds.databaseValue,
                "anchor_boot_time": tick.anchor.map { Int64(clamping: $0.bootTime.nanoseconds).databaseValue } ?? .null,
                "anchor_wall_time": tick.anchor?.wallTime.seconds.databaseValue ?? .null,
            ])
    }
}
