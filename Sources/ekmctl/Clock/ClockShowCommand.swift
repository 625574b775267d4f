import ArgumentParser
import EKMClient

struct ClockShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show whether the daemon believes the wall clock.",
        discussion: "While it is in doubt, what cannot be undone waits: erasure, and the 24 hours between replacements.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.showClock() }
        if connection.json { return try JSON.print(report) }
        try Terminal.output(ClockPicture(report).text)
    }
}
