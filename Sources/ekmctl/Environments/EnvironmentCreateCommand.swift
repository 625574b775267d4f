import ArgumentParser
import EKMClient
import EKMWire

struct EnvironmentCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create an environment.",
        discussion: """
            Without options, ekmd makes and keeps the main key. With --material, the customer uploads it. With \(MainKeyOptions.kmsForms), it stays in \
            the customer's KMS; 'ekmctl policy' prints what that must allow.
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
