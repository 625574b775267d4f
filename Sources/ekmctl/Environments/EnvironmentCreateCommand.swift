import ArgumentParser
import EKMClient
import EKMWire

struct EnvironmentCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create an environment.",
        discussion: """
            Without options, ekmd makes and keeps the main key. With --material, the customer uploads it. With --aws-kms, it stays in the \
            customer's AWS KMS; 'ekmctl policy aws-kms' prints the key policy for it, and the external id for --external-id.
            """)

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var mainKey: MainKeyOptions
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try mainKey.withKey { (key) throws(Failure) in
            try connection.call { () throws(EKMClientError) in try client.blocking.createEnvironment(environment.name, mainKey: key) }
        }
        if connection.json { return try JSON.print(report) }
        try Terminal.output("Created \(report.environment).\n\n" + EnvironmentPicture(report).text)
    }
}
