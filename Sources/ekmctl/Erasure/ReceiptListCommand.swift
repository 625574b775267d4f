import ArgumentParser
import EKMClient
import EKMWire

struct ReceiptListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what was erased in an environment, oldest first.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let reports = try connection.call { () throws(EKMClientError) in try client.blocking.listReceipts(environment.name) }
        if connection.json { return try JSON.print(reports) }
        guard !reports.isEmpty else { return try Terminal.output("There is no receipt of an erasure in \(environment.name) yet.") }
        let rows = reports.map { [$0.id, $0.at ?? "-", $0.cause ?? "-", $0.keys.map { "\($0)" } ?? "-", $0.subject ?? "-"] }
        try Terminal.output(TextTable(["RECEIPT", "ERASED", "CAUSE", "KEYS", "WHAT"], rows).text)
    }
}
