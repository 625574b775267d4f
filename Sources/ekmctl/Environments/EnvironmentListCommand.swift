import ArgumentParser
import EKMClient
import EKMWire

struct EnvironmentListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the environments that this user may see.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let reports = try connection.call { () throws(EKMClientError) in try client.blocking.listEnvironments() }
        if connection.json { return try JSON.print(reports) }
        guard !reports.isEmpty else {
            return try Terminal.output("There are no environments yet. Create one: ekmctl env create WORKSPACE/ENVIRONMENT")
        }
        let rows = reports.map { report in
            [
                report.environment, report.state.rawValue, report.mainKey.kind, report.secondsLeft.map { "\($0) s" } ?? "-",
                report.mainKey.reference,
            ]
        }
        try Terminal.output(TextTable(["ENVIRONMENT", "STATE", "MAIN KEY", "LIVES", "REFERENCE"], rows).text)
    }
}
