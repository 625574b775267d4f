import ArgumentParser
import EKMClient
import EKMWire

struct EnvironmentShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an environment: its keys, its state, and how long it would live without its KMS.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.showEnvironment(environment.name) }
        if connection.json { return try JSON.print(report) }
        try Terminal.output(EnvironmentPicture(report).text)
    }
}
