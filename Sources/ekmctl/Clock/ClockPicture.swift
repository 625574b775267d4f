import EKMWire

/// What the daemon thinks of the wall clock, for a person.
struct ClockPicture {
    let text: String

    init(_ report: ClockReport) {
        var rows = [("clock", report.state == "trusted" ? "believed" : "in doubt: erasure and replacement wait; encryption goes on")]
        if let reason = report.reason { rows.append(("reason", reason)) }
        rows.append(("wall clock", report.wall))
        if let believed = report.believed { rows.append(("believed", believed)) }
        if report.state != "trusted" { rows.append(("what to do", "set the clock right, or, if it is: ekmctl clock accept")) }
        text = TextRows.lines(rows).joined(separator: "\n")
    }
}
