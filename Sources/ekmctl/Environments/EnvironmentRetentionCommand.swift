import ArgumentParser
import EKMClient
import EKMWire

struct EnvironmentRetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Show or set for how long an environment's data can be read.",
        discussion: """
            When the retention of an hour ends its key is erased, and with it everything that was encrypted in that hour: nothing brings it \
            back. Without options, shows the retention. A shorter one takes effect at once, for what is older than that too.
            """)

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @Option(
        help: ArgumentHelp("For jobs and events, from the end of their hour: 90d for instance, or forever.", valueName: "time"),
        transform: RetentionArgument.init(parsing:))
    var keep: RetentionArgument?
    @Option(
        help: ArgumentHelp("For logs, from when a newer key followed theirs: 30d for instance, or forever.", valueName: "time"),
        transform: RetentionArgument.init(parsing:))
    var logs: RetentionArgument?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in
            if keep == nil, logs == nil { return try client.blocking.showEnvironment(environment.name) }
            return try client.blocking.setRetention(environment.name, to: RetentionChange(hours: keep?.period, logs: logs?.period))
        }
        if connection.json { return try JSON.print(report) }
        try Terminal.output(
            """
            \(report.environment) keeps
              jobs and events  \(RetentionArgument.text(report.retention.hours))
              logs             \(RetentionArgument.text(report.retention.logs))
            """)
    }
}
