import ArgumentParser
import EKMClient

struct RepackShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show how far the repack has come, how fast it is, and what it waits for.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        if watch.watch { return try RepackWatch(environment: environment, connection: connection).run() }
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.showRepack(environment.name) }
        if connection.json { return try JSON.print(report) }
        try Terminal.output(RepackPicture(report).text)
    }
}
