import ArgumentParser
import EKMClient
import EKMWire

struct KeyRefreshCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh", abstract: "Have the KMS wrap the environment key anew, under the generation that encrypts now.",
        discussion: "For a KMS that does not tell its generations; where it does, ekmd follows a rotation by itself.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.refreshMainKey(environment.name) }
        try KeyPicture(report).print(json: connection.json, title: "The environment key of \(report.environment) was wrapped anew.")
    }
}
