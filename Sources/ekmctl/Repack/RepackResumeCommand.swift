import ArgumentParser
import EKMClient

struct RepackResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a paused repack go on.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.resumeRepack(environment.name) }
        if watch.watch { return try RepackWatch(environment: environment, connection: connection).run() }
        if connection.json { return try JSON.print(report) }
        try Terminal.output("The repack of \(environment.name) goes on.\n\n" + RepackPicture(report).text)
    }
}
