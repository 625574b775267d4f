import ArgumentParser

struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Create, list, show and delete environments.",
        subcommands: [
            EnvironmentCreateCommand.self, EnvironmentListCommand.self, EnvironmentShowCommand.self, EnvironmentDeleteCommand.self,
        ])
}
