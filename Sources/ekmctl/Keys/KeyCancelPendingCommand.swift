import ArgumentParser
import EKMClient
import EKMWire

struct KeyCancelPendingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel-pending", abstract: "Forget the main key that waits for its grant.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.cancelPendingMainKey(environment.name) }
        try KeyPicture(report).print(json: connection.json, title: "No main key waits for \(report.environment) any more.")
    }
}
