import ArgumentParser

struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "See whether the daemon believes the wall clock, and accept it.",
        subcommands: [ClockShowCommand.self, ClockAcceptCommand.self])
}
