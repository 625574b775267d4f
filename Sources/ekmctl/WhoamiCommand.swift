import ArgumentParser
import EKMClient
import EKMWire
import Glibc

struct WhoamiCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Show what this user may do, and on what.",
        discussion: """
            Nothing is tried: the daemon answers from its grants. With --op the exit code is 0 where it is granted, and 77 where it is not. Of \
            another user (--user, for who has admin on '*'), grants to groups are not counted: the daemon knows the groups of processes alone.
            """)

    @Option(name: .customLong("env"), help: ArgumentHelp("One environment.", valueName: "env")) var environment: String?
    @Option(name: .customLong("op"), help: ArgumentHelp("One operation, as `encrypt` or `lock-environment`.", valueName: "operation"))
    var operation: String?
    @Option(help: ArgumentHelp("Another user: a name, or a number.", valueName: "user")) var user: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let number = try user.map(Self.number)
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.whoami(on: environment, user: number) }
        guard let operation else {
            return connection.json ? try JSON.print(report) : try Terminal.output(PermissionsPicture(report).text)
        }
        guard let asked = report.operations.first(where: { $0.name == operation }) else {
            throw Failure.usage(
                "the daemon knows no operation '\(operation)'; it has: \(report.operations.map(\.name).joined(separator: ", "))")
        }
        if connection.json { try JSON.print(asked) } else { try Terminal.output(PermissionsPicture(report).line(asked)) }
        if !asked.isAllowed { throw ExitCode(ExitStatus.noPermission.rawValue) }
    }

    private static func number(_ user: String) throws(Failure) -> UInt32 {
        if let number = UInt32(user) { return number }
        guard let entry = unsafe getpwnam(user) else { throw .usage("this machine knows no user '\(user)'") }
        return unsafe entry.pointee.pw_uid
    }
}
