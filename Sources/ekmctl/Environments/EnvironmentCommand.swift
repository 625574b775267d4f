import ArgumentParser

struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Create, list, show, lock and delete environments, and set their retention.",
        subcommands: [
            EnvironmentCreateCommand.self, EnvironmentListCommand.self, EnvironmentShowCommand.self, EnvironmentLockCommand.self,
            EnvironmentUnlockCommand.self, EnvironmentRetentionCommand.self, EnvironmentDeleteCommand.self,
        ])
}
