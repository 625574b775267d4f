import ArgumentParser
import EKMClient
import EKMWire

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how the daemon is, and which environments need a look.")

    private static let interval = 2000

    @Flag(help: "Stay, and show it anew every two seconds, until Ctrl-C.") var watch = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        guard watch else {
            let client = connection.client()
            let report = try connection.call { () throws(EKMClientError) in try client.blocking.status() }
            if connection.json { return try JSON.print(report) }
            return try Terminal.output(StatusPicture(report).text)
        }
        var interrupts = Interrupts()
        let client = connection.client()
        repeat {
            let text: String
            do throws(Failure) {
                let report = try connection.call { () throws(EKMClientError) in try client.blocking.status() }
                text = connection.json ? JSON.text(report) : StatusPicture(report).text
            } catch {
                // A daemon that restarts is a reason to go on watching.
                guard error.name == "no-daemon" || error.name == "connection-lost" else { throw error }
                text = error.message
            }
            if connection.json { try Terminal.output(verbatim: text) } else { try Terminal.output(text, clearing: Terminal.isOutput) }
        } while !interrupts.wait(milliseconds: Self.interval)
    }
}
