import ArgumentParser
import EKMClient
import EKMWire

struct EnvironmentDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete an environment, and with it the way to read its data.",
        discussion: "Says what becomes unreadable, and asks for the name to be typed; in a script, --confirm gives it.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @Option(help: ArgumentHelp("The name once more, instead of typing it.", valueName: "name")) var confirm: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        if let confirm, confirm != environment.name { throw Self.mismatch(environment.name) }
        if confirm == nil, !Terminal.isInput {
            throw Failure(
                .usage, "confirmation-required", "deleting \(environment.name) cannot be undone, and nobody is there to confirm it",
                remedy: "In a script, add: --confirm \(environment.name)")
        }
        let client = connection.client()
        let preview = try connection.call { () throws(EKMClientError) in try client.blocking.deletionPreview(environment.name) }
        Terminal.error(Self.warning(preview))
        var confirmation = confirm
        if confirmation == nil {
            Terminal.errorPart("Type its name to delete it: ")
            confirmation = readLine()
            guard confirmation == environment.name else { throw Self.mismatch(environment.name) }
        }
        let report = try connection.call { () throws(EKMClientError) in
            try client.blocking.deleteEnvironment(environment.name, confirmation: confirmation ?? "")
        }
        if connection.json { return try JSON.print(report) }
        try Terminal.output("Deleted \(report.environment).")
    }

    private static func mismatch(_ name: String) -> Failure {
        Failure(.usage, "confirmation-mismatch", "the name that was given is not \(name): nothing was deleted")
    }

    private static func warning(_ report: DeletionReport) -> String {
        var text = "Deleting \(report.environment) makes unreadable for ever:\n"
        var hours = ""
        if let first = report.firstHour, let last = report.lastHour { hours = first == last ? "  (\(first))" : "  (\(first) to \(last))" }
        text += "  hourly keys      \(report.hourlyKeys)\(hours)\n"
        text += "  connection keys  \(report.connectionKeys)\n"
        text += "  log keys         \(report.logKeys)\n"
        return text + "All that was encrypted under them is lost with them."
    }
}
