import EKMWire

/// A repack as a person sees it.
struct RepackPicture {
    private let report: RepackReport

    init(_ report: RepackReport) { self.report = report }

    /// State, progress and rate.
    var line: String {
        if report.state == "none" { return "none" }
        var parts = ["\(report.state), \(report.moved) of \(report.total) keys moved"]
        if let rate = report.keysPerSecond { parts.append("\(rate) keys/s") }
        if let left = report.secondsLeft { parts.append("\(DurationArgument.about(left)) left") }
        return parts.joined(separator: ", ")
    }

    var text: String {
        guard report.state != "none" else { return "No repack is under way: every key hangs under the current main key." }
        var rows = [("repack", line)]
        if let cause = report.cause { rows.append(("cause", cause)) }
        if let startedAt = report.startedAt { rows.append(("started", startedAt)) }
        rows += report.from.map { ("from", Self.name($0)) }
        if let to = report.to { rows.append(("to", Self.name(to))) }
        if let wait = report.waitingFor { rows.append(("waits", [wait.text, wait.why].compactMap { $0 }.joined(separator: " "))) }
        return TextRows.lines(rows).joined(separator: "\n")
    }

    private static func name(_ end: RepackReport.End) -> String {
        "version \(end.version): \(KeyPicture.name(end.mainKey))" + (end.mainKey.generation.map { ", generation \($0)" } ?? "")
    }
}
