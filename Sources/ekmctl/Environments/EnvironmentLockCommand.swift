import ArgumentParser
import EKMClient
import EKMWire

struct EnvironmentLockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Lock an environment: nothing is encrypted or decrypted until it is unlocked.",
        discussion: "At once, whatever its KMS says: its keys leave the daemon's memory. It stays locked across restarts.")

    /// The most bytes of a reason.
    private static let largestReason = 1024

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @Option(help: ArgumentHelp("Why: whoever is refused reads it.", valueName: "text")) var reason: String
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (1...Self.largestReason).contains(reason.utf8.count) else {
            throw ValidationError("A reason has 1 to \(Self.largestReason) bytes.")
        }
    }

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in
            try client.blocking.lockEnvironment(environment.name, reason: reason)
        }
        if connection.json { return try JSON.print(report) }
        try Terminal.output("\(report.environment) is locked. It serves again after: ekmctl env unlock \(report.environment)")
    }
}
