import ArgumentParser
import EKMClient

struct KeyShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the main key: generation, proof, rotation, census, and when it may be replaced.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.showMainKey(environment.name) }
        try KeyPicture(report).print(json: connection.json)
    }
}
