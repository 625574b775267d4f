import ArgumentParser
import EKMClient
import EKMWire
import MainKeyDeclarations

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Print what a customer's KMS must allow.",
        discussion: PolicyOptions.kinds.map { "\($0.name): \($0.policy?.discussion ?? "")" }.joined(separator: "\n\n"))

    @Argument(help: ArgumentHelp("The kind of KMS: \(PolicyOptions.kinds.map(\.name).joined(separator: ", ")).", valueName: "kind"))
    var kind: PolicyKind
    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var inputs: PolicyOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws { try inputs.check(for: kind) }

    func run() throws {
        var ownID: String?
        if let wanting = kind.policy.wantsOwnID, inputs.given[wanting] != nil {
            let client = connection.client()
            ownID = try connection.call { () throws(EKMClientError) in try client.blocking.externalID(environment.name) }
        }
        let text = kind.policy.text(
            DeclaredPolicy.Question(
                workspace: environment.workspace, environment: environment.environment, inputs: inputs.given, ownID: ownID))
        if connection.json { return try JSON.print(text.report) }
        for document in text.documents {
            Terminal.error(document.words)
            try JSON.print(document.value)
        }
        if let closing = text.closing { Terminal.error(closing) }
    }
}
