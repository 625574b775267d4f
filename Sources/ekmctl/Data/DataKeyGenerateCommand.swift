import ArgumentParser
import EKMClient
import EKMWire

struct DataKeyGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Have a fresh data key made.",
        discussion: "Prints the wrapped key, to be kept beside the data, and the bare key, which must not be kept; both in base64.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var context: ContextOptions
    @Flag(help: "Print the key even on a terminal.") var toTerminal = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let scope = try scope.required()
        let context = try context.context()
        try DataKeyOutput.checkTerminal(toTerminal)
        let client = connection.client()
        let lent = try connection.call { () throws(EKMClientError) in
            try client.blocking.generateDataKey(environment: environment.name, scope: scope, context: context)
        }
        try DataKeyOutput.print(lent.key, wrapped: lent.wrapped, secondsLeft: lent.secondsLeft, json: connection.json)
    }
}
