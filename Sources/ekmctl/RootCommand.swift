import ArgumentParser

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "root", abstract: "Look after the root key, without which managed and material data are lost.",
        subcommands: [RootExportCommand.self, RootConfirmCommand.self])
}
