import ArgumentParser
import EKMClient
import EKMWire

struct KeyRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Rotate a managed main key.",
        discussion: "A managed key rotates by itself each year, too. A key in a KMS is rotated there, and ekmd follows.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.rotateMainKey(environment.name) }
        try KeyPicture(report).print(json: connection.json, title: "The main key of \(report.environment) was rotated.")
    }
}
