import ArgumentParser
import EKMClient
import EKMWire

struct EnvironmentListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the environments that this user may see.",
        discussion: "They come by name: workspace, then environment.")

    @Option(help: ArgumentHelp("Only those whose names match; * stands for any characters.", valueName: "pattern")) var name: String?
    @Option(help: ArgumentHelp("Only those in a state, such as restricted.", valueName: "state")) var state: String?
    @Option(help: ArgumentHelp("Only those with a kind of main key, such as managed.", valueName: "kind")) var kind: String?
    @Option(help: ArgumentHelp("At most so many.", valueName: "count")) var limit: Int?
    @OptionGroup var connection: ConnectionOptions

    private static let page = 200

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is 1 at least") }
    }

    func run() throws {
        let client = connection.client()
        var all: [EnvironmentReport] = []
        var (next, count): (String?, Int) = (nil, 0)
        repeat {
            let most = min(Self.page, limit.map { $0 - count } ?? Self.page)
            let page = try connection.call { () throws(EKMClientError) in
                try client.blocking.pageEnvironments(
                    after: next, matching: name, state: state.map(EnvironmentReport.State.init(rawValue:)), kind: kind, most: most)
            }
            if connection.json {
                all += page.environments
            } else if !page.environments.isEmpty {
                // The first page is there at once, however many follow.
                try Terminal.output(Self.table(page.environments, isContinued: count > 0))
            }
            count += page.environments.count
            next = count < limit ?? .max ? page.next : nil
        } while next != nil
        if connection.json { return try JSON.print(all) }
        guard count == 0 else { return }
        try Terminal.output(
            name == nil && state == nil && kind == nil
                ? "There are no environments yet. Create one: ekmctl env create WORKSPACE/ENVIRONMENT" : "There are none of these.")
    }

    private static func table(_ reports: [EnvironmentReport], isContinued: Bool) -> String {
        let rows = reports.map { report in
            [
                report.environment, report.state.rawValue, report.mainKey.kind, report.secondsLeft.map { "\($0) s" } ?? "-",
                report.mainKey.reference,
            ]
        }
        return TextTable(["ENVIRONMENT", "STATE", "MAIN KEY", "LIVES", "REFERENCE"], rows, isContinued: isContinued).text
    }
}
