import EKMWire

/// The daemon as a person sees it, with what is in trouble below.
struct StatusPicture {
    let text: String

    init(_ report: StatusReport) {
        let states = report.environments.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        var rows = [
            ("ekmd", "\(report.version), pid \(report.pid), up \(DurationArgument.about(report.uptimeSeconds)) since \(report.startedAt)"),
            ("socket", report.socket),
            ("state", "\(report.state) (\(report.storeBackend))"),
            ("environments", states.isEmpty ? "none" : states.joined(separator: ", ")),
        ]
        if let requests = report.requests { rows.append(("requests", "\(requests.total), \(requests.failed) failed")) }
        if let connections = report.connections { rows.append(("connections", "\(connections)")) }
        if let isExported = report.rootKeyExported {
            rows.append(("root key", isExported ? "exported" : "never exported: without a copy, a lost disk is lost data"))
        }
        rows += report.warnings.map { ("warning", $0) }
        var text = TextRows.lines(rows).joined(separator: "\n")
        if !report.troubled.isEmpty {
            let troubled = report.troubled.map { [$0.environment, $0.state.rawValue, $0.since ?? "-", $0.reason ?? "-"] }
            text += "\n\n" + TextTable(["IN TROUBLE", "STATE", "SINCE", "WHY"], troubled).text
        }
        self.text = text
    }
}
