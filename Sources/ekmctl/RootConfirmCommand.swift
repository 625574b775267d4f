import ArgumentParser

struct RootConfirmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Read a copy of the root key, and have the daemon note that there is one.",
        discussion: "For a copy that `root export` could not follow, such as one in a vault: vault read … | ekmctl root confirm")

    @Argument(help: ArgumentHelp("The copy; standard input if none, or -.", valueName: "file")) var file: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let id = try RootKeyCopy.id(in: file)
        try RootKeyCopy.confirm(id, connection)
        if connection.json { return try JSON.print(["rootKey": id]) }
        try Terminal.output("The copy holds root key \(id), which is this daemon's; it is noted.")
    }
}
