import ArgumentParser

struct RepackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repack", abstract: "See and steer how an environment's keys move to a new main key or generation.",
        subcommands: [RepackShowCommand.self, RepackPauseCommand.self, RepackResumeCommand.self, RepackCancelCommand.self])
}
