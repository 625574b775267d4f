import EKMWire

/// What a deletion or an erasure takes, for the person who is to confirm it.
struct LossPicture {
    let text: String

    init(_ report: DeletionReport, title: String) {
        var hours = ""
        if let first = report.firstHour, let last = report.lastHour { hours = first == last ? "  (\(first))" : "  (\(first) to \(last))" }
        text = """
            \(title)
              hourly keys      \(report.hourlyKeys)\(hours)
              connection keys  \(report.connectionKeys)
              log keys         \(report.logKeys)
            All that was encrypted under them is lost with them.
            """
    }
}
