import ArgumentParser
import EKMClient
import EKMWire

struct EnvironmentUnlockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Unlock an environment: its main key decides again.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.unlockEnvironment(environment.name) }
        if connection.json { return try JSON.print(report) }
        try Terminal.output("\(report.environment) is not locked any more. Its main key was last \(report.proof.verdict).")
    }
}
