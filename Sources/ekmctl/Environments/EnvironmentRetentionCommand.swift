import ArgumentParser
import EKMClient
import EKMWire
import Glibc

struct EnvironmentRetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Show or set for how long an environment's data can be read.",
        discussion: """
            When the retention of an hour ends its key is erased, and with it everything that was encrypted in that hour: nothing brings it \
            back. Without options, shows the retention. A longer one takes effect at once. A shorter one takes effect after a day, for what \
            is older then too: it says what goes, and asks for the environment's name to be typed; in a script, --yes-erase gives it.
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
    @Flag(name: .customLong("now"), help: "Let a shorter one take effect at once.") var isAtOnce = false
    @Option(help: ArgumentHelp("The environment's name once more, instead of typing it.", valueName: "name")) var yesErase: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        var report = try connection.call { () throws(EKMClientError) in try client.blocking.showEnvironment(environment.name) }
        if keep != nil || logs != nil {
            try confirm(report.retention, client)
            let change = RetentionChange(hours: keep?.period, logs: logs?.period, atOnce: isAtOnce)
            report = try connection.call { () throws(EKMClientError) in try client.blocking.setRetention(environment.name, to: change) }
        }
        if connection.json { return try JSON.print(report) }
        try Terminal.output(Self.text(report))
    }

    /// Says what goes, and has the name typed, where anything is to be kept for a shorter time.
    private func confirm(_ known: RetentionReport, _ client: EKMClient) throws {
        let loss = RetentionLoss(
            keep: keep?.period, logs: logs?.period, known: known, isAtOnce: isAtOnce, now: UInt64(max(0, time(nil))))
        guard loss.isAny else { return }
        let confirmation = Confirmation(
            of: environment, given: yesErase, option: "--yes-erase", doing: "shortening the retention of", verb: "shorten it",
            undone: "nothing was changed")
        try confirmation.prepare()
        let report = try connection.call { () throws(EKMClientError) in try loss.report(environment.name, client) }
        let when = isAtOnce ? "at once" : "in a day, unless it is prolonged before"
        Terminal.error(LossPicture(report, title: "This makes unreadable for ever, \(when), in \(report.environment):").text)
        _ = try confirmation.typed()
    }

    private static func text(_ report: EnvironmentReport) -> String {
        let retention = report.retention
        var text = """
            \(report.environment) keeps
              jobs and events  \(RetentionArgument.text(retention.hours))
              logs             \(RetentionArgument.text(retention.logs))
            """
        if let next = retention.next {
            text += """

                and from \(next.from) on
                  jobs and events  \(RetentionArgument.text(next.hours))
                  logs             \(RetentionArgument.text(next.logs))
                """
        }
        return text
    }
}
