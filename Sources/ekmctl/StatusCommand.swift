import ArgumentParser
import EKMClient
import EKMWire

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Show how the daemon is.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.status() }
        if connection.json { return try JSON.print(report) }
        try Terminal.output(Self.text(report))
    }

    private static func text(_ report: StatusReport) -> String {
        let states = report.environments.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        var rows = [
            ("ekmd", "\(report.version), pid \(report.pid), up \(uptime(report.uptimeSeconds)) since \(report.startedAt)"),
            ("socket", report.socket),
            ("state", "\(report.state) (\(report.storeBackend))"),
            ("environments", states.isEmpty ? "none" : states.joined(separator: ", ")),
            ("requests", "\(report.requests.total), \(report.requests.failed) failed"),
            ("connections", "\(report.connections)"),
            ("root key", report.rootKeyExported ? "exported" : "never exported: without a copy, a lost disk is lost data"),
        ]
        rows += report.warnings.map { ("warning", $0) }
        return rows.map { $0.0.padded(to: 14) + $0.1 }.joined(separator: "\n")
    }

    private static func uptime(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
