import ArgumentParser

struct DataKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data-key", abstract: "Lend data keys, to encrypt large data in other programs.",
        subcommands: [DataKeyGenerateCommand.self, DataKeyOpenCommand.self])
}
