import ArgumentParser
import EKMClient
import EKMWire

struct KeyWithdrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Destroy the material that the customer uploaded: nothing can be read without it.",
        discussion: "Only the same 32 bytes bring it back: ekmctl key replace ENVIRONMENT --material FILE. ekmd keeps no copy.")

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @Option(help: ArgumentHelp("The environment's name once more, instead of typing it.", valueName: "name")) var confirm: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let confirmation = Confirmation(
            of: environment, given: confirm, option: "--confirm", doing: "withdrawing the key of", verb: "withdraw its key",
            undone: "nothing was withdrawn")
        try confirmation.prepare()
        Terminal.error("Without its material nothing of \(environment.name) can be read. Only who has the same 32 bytes can restore it.")
        let typed = try confirmation.typed()
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in
            try client.blocking.withdrawMaterial(environment.name, confirmation: typed)
        }
        try KeyPicture(report).print(json: connection.json, title: "The key material of \(report.environment) was destroyed.")
    }
}
