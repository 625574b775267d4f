import EKMClient
import EKMWire

/// Stays with a repack until it has ended: a bar on a terminal, else a line for each change of its state.
struct RepackWatch {
    private static let interval = 500

    let environment: EnvironmentArgument
    let connection: ConnectionOptions

    func run() throws(Failure) {
        var interrupts = Interrupts()
        let client = connection.client()
        var bar = RepackBar()
        var last: RepackReport?
        while true {
            let report = try connection.call { () throws(EKMClientError) in try client.blocking.showRepack(environment.name) }
            if report.state == "none" || report.state == "finished" {
                bar.end()
                return try finish(report, last)
            }
            bar.update(report)
            if !bar.isShown, !connection.json, report.state != last?.state || report.waitingFor != last?.waitingFor {
                Terminal.error(RepackPicture(report).text)
            }
            last = report
            if interrupts.wait(milliseconds: Self.interval) {
                bar.end()
                throw Failure(
                    .temporary, "interrupted", "the repack of \(environment.name) goes on by itself: \(RepackPicture(report).line)",
                    remedy: "See it again with: ekmctl repack show \(environment.name) --watch")
            }
        }
    }

    private func finish(_ report: RepackReport, _ last: RepackReport?) throws(Failure) {
        if connection.json { return try JSON.print(report) }
        guard let last else { return try Terminal.output(RepackPicture(report).text) }
        try Terminal.output(
            "The repack of \(environment.name) has ended: "
                + (last.total == 1 ? "the one key hangs" : "all \(last.total) keys hang") + " under the current main key.")
    }
}
