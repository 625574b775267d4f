import ArgumentParser
import EKMClient

struct ClockAcceptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Make the daemon believe the wall clock as it is now.",
        discussion: "Look at the clock first: what a retention has outlived by this clock is erased, and nothing brings it back.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.acceptClock() }
        if connection.json { return try JSON.print(report) }
        try Terminal.output(ClockPicture(report).text)
    }
}
