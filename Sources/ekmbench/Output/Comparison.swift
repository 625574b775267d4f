/// A run beside an older one, cell by cell.
struct Comparison {
    /// What changes by less is as likely the machine's doing.
    private static let noise = 0.1

    let old: Report
    let new: Report

    var text: String {
        var table = TextTable(
            Cell.header + [
                "÷ floor", "was", "change", "÷ suite", "was", "change", "p50 µs", "was", "p99 µs", "was", "CPU µs", "was", "CPU ÷ floor",
                "was",
            ])
        var shared = 0
        var worse = 0
        for row in new.cells {
            guard let before = old.cells.first(where: { $0.cell == row.cell }) else { continue }
            shared += 1
            let figures = row.figures.ekmd
            let was = before.figures.ekmd
            if row.ratios.floor / before.ratios.floor < 1 - Self.noise { worse += 1 }
            let ratios =
                Self.columns(row.ratios.floor, before.ratios.floor) + Self.columns(row.ratios.suite, before.ratios.suite)
            let times = [
                figures.latency.p50, was.latency.p50, figures.latency.p99, was.latency.p99, figures.cpu, was.cpu,
            ]
            let costs = [row, before].map { ($0.figures.ekmd.cpu / $0.figures.floor.cpu).text(2) }
            table.append(row.cell.columns + ratios + times.map(\.microseconds) + costs)
        }
        guard !table.isEmpty else { return "Compared with the older run: no cell is in both." }
        var parts = ["Compared with the older run: ekmd's throughput over the bare servers', then ekmd's own figures\n\n" + table.text]
        if old.machine != new.machine {
            parts.append("The older run was on another machine (\(old.machine.text)): only the ratios can be compared.")
        }
        parts.append("Against the floor \(worse) of \(shared) cells are slower by more than \((Self.noise * 100).text(0)) %.")
        return parts.joined(separator: "\n\n")
    }

    private static func columns(_ now: Double, _ was: Double) -> [String] {
        let change = (now / was - 1) * 100
        return [now.text(2), was.text(2), (change > 0 ? "+" : "") + change.text(0) + " %"]
    }
}
