import ArgumentParser

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Look after the main key of an environment: show, replace, refresh, rotate, withdraw.",
        subcommands: [
            KeyShowCommand.self, KeyReplaceCommand.self, KeyCancelPendingCommand.self, KeyRefreshCommand.self, KeyRotateCommand.self,
            KeyWithdrawCommand.self,
        ])
}
