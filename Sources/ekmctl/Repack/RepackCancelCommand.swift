import ArgumentParser
import EKMClient

struct RepackCancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Take a replacement back: the former main key is in force again.",
        discussion: """
            Only as long as every key can still be read through the former main key; else nothing is changed. It gives no second replacement within the 24 hours. A rotation's repack cannot be cancelled.
            """)

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var watch: WatchOptions
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.cancelRepack(environment.name) }
        if watch.watch { return try RepackWatch(environment: environment, connection: connection).run() }
        if connection.json { return try JSON.print(report) }
        try Terminal.output("The replacement of \(environment.name)'s main key was taken back.\n\n" + RepackPicture(report).text)
    }
}
