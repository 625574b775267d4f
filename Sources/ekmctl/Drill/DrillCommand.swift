import ArgumentParser
import EKMClient

struct DrillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Prove that an environment is refused in time once its key is denied, and serves again afterwards.",
        discussion: """
            Ten times a second it decrypts and encrypts a few bytes, while you deny ekmd the use of the main key and later restore it, or \
            --exec and --restore do. Reports the last proof, the last success, the first refusal, the time between against the bound that \
            ekmd published, the time to recovery, and the keys that were left in memory. Ends with 1 if the bound was broken, keys stayed \
            in memory, or the environment did not recover.

            The environment is refused to everyone meanwhile. Ctrl-C ends the drill; a key that --exec denied is restored with --restore \
            first, which no second Ctrl-C cuts short. An --exec that does not end within a minute is ended with all that it started. \
            Nothing else is changed.
            """)

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @Option(help: ArgumentHelp("Run by /bin/sh to deny the key, instead of asking you to.", valueName: "command")) var exec: String?
    @Option(help: ArgumentHelp("Run by /bin/sh to restore the key, instead of asking you to.", valueName: "command")) var restore: String?
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long to wait for a refusal, and for the recovery: 30m by itself.", valueName: "time"),
        transform: DurationArgument.init(parsing:))
    var limit: DurationArgument?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let limit = Double(limit?.seconds ?? 1800)
        var drill = try Drill(environment: environment, connection: connection, limit: limit, exec: exec, restore: restore)
        let report = try drill.run()
        if connection.json { try JSON.print(report) } else { try Terminal.output(DrillPicture(report).text) }
        guard report.failures.isEmpty else {
            throw Failure(
                .checkFailed, "drill-failed", report.failures.joined(separator: " "),
                remedy: "See 'ekmctl doctor \(environment.name)' and the daemon's log.")
        }
    }
}
