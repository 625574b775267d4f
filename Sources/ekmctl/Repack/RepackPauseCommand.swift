import ArgumentParser
import EKMClient

struct RepackPauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause the repack; encryption and decryption go on.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.pauseRepack(environment.name) }
        if connection.json { return try JSON.print(report) }
        try Terminal.output(
            "The repack of \(environment.name) is paused. It goes on with: ekmctl repack resume \(environment.name)\n\n"
                + RepackPicture(report).text)
    }
}
