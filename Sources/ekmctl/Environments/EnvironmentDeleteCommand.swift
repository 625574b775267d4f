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
        let confirmation = Confirmation(
            of: environment, given: confirm, option: "--confirm", doing: "deleting", verb: "delete it", undone: "nothing was deleted")
        try confirmation.prepare()
        let client = connection.client()
        let preview = try connection.call { () throws(EKMClientError) in try client.blocking.deletionPreview(environment.name) }
        Terminal.error(LossPicture(preview, title: "Deleting \(preview.environment) makes unreadable for ever:").text)
        let typed = try confirmation.typed()
        let report = try connection.call { () throws(EKMClientError) in
            try client.blocking.deleteEnvironment(environment.name, confirmation: typed)
        }
        if connection.json { return try JSON.print(report) }
        try Terminal.output("Deleted \(report.environment).")
        if let purgeDue = report.purgeDue { Terminal.error(purgeDue) }
    }
}
