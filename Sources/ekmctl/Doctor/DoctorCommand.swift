import ArgumentParser
import EKMClient
import EKMWire

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Walk the real path, and say what is wrong and what to do about it.",
        discussion: """
            Looks at what can be seen from here, and asks the daemon for the rest; a daemon that does not run is one of the findings. With \
            an environment, tries its main key too. Ends with 1 if a check failed.
            """)

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument?
    @Option(help: ArgumentHelp("The daemon's configuration, where it is not the usual one.", valueName: "file")) var config: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let configuration = ConfigurationCheck(file: config)
        let client = connection.client()
        let status = try? client.blocking.status(timeout: .seconds(5))
        let socket = SocketCheck(connection.socketPath, client)
        let state = status?.state ?? configuration.value(of: "state")
        let directory = StateCheck(state, rootKey: configuration.rootKeyFile)
        var checks = [configuration.check, UnitCheck(isReachable: socket.isReachable).check] + socket.checks + directory.checks
        if !socket.isReachable { checks.append(StoreCheck(state, configuration: config).check) }
        checks += daemonChecks(client, isReachable: socket.isReachable)
        let report = DoctorReport(checks: checks)
        if connection.json { try JSON.print(report) } else { try Terminal.output(DoctorPicture(report).text) }
        let failed = checks.filter { $0.outcome == .failed }.map(\.name)
        guard failed.isEmpty else {
            throw Failure(
                .checkFailed, "doctor-failed",
                "\(failed.count == 1 ? "one check" : "\(failed.count) checks") failed: \(failed.joined(separator: ", "))")
        }
    }

    private func daemonChecks(_ client: EKMClient, isReachable: Bool) -> [DoctorReport.Check] {
        guard isReachable else {
            return [DoctorReport.Check("daemon", .skipped, "What the daemon sees cannot be asked: it cannot be reached.")]
        }
        do throws(EKMClientError) {
            return try client.blocking.diagnose(environment?.name, timeout: .seconds(120)).checks
        } catch {
            return [DoctorReport.Check("daemon", .failed, error.message, remedy: error.remedy)]
        }
    }
}
