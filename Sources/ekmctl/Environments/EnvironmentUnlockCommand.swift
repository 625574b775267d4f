import ArgumentParser
import EKMClient
import EKMWire

struct EnvironmentUnlockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Unlock an environment: its main key decides again.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @Option(
        name: .customLong("lock"), help: ArgumentHelp("Which lock, where there are several; `env show` lists them.", valueName: "number"))
    var lock: UInt32?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.unlockEnvironment(environment.name, lock: lock)
        }
        if connection.json { return try JSON.print(report) }
        if let other = report.locks?.first {
            let others = (report.locks?.count ?? 1) - 1
            return try Terminal.output(
                "\(report.environment) stays locked, since \(other.at): \(other.reason)" + (others > 0 ? " (and \(others) more)" : ""))
        }
        try Terminal.output("\(report.environment) is not locked any more. Its main key was last \(report.proof.verdict).")
    }
}
