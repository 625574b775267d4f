import ArgumentParser
import EKMClient
import EKMWire

struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Erase keys of an environment, and with them the way to read their data.",
        discussion: """
            Says which keys go, and asks for the environment's name to be typed; in a script, --yes-erase gives it. It needs no KMS, and \
            works while the environment is locked or revoked. Prints the signed receipt; 'ekmctl receipt verify' checks it offline.

            --before takes a date (2026-01-31, its beginning in UTC), a time (2026-01-31T10:00:00Z) or how long ago (90d).
            """)

    /// An erasure ends only when all of it is out of the file and the log.
    private static let timeout = Duration.seconds(600)

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @Option(
        help: ArgumentHelp("Every hourly key whose hour had ended by then.", valueName: "time"), transform: TimeArgument.init(parsing:))
    var before: TimeArgument?
    @Option(name: .customLong("connection"), help: ArgumentHelp("Every version of this connection's key.", valueName: "id"))
    var connectionID: String?
    @Option(help: ArgumentHelp("The environment's name once more, instead of typing it.", valueName: "name")) var yesErase: String?
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (before == nil) != (connectionID == nil) else {
            throw ValidationError("Say what is to be erased, with exactly one of: --before TIME, --connection ID.")
        }
        if let connectionID, !(1...Scope.largestID).contains(connectionID.utf8.count) {
            throw ValidationError("The id of a connection has 1 to \(Scope.largestID) bytes.")
        }
    }

    func run() throws {
        let confirmation = Confirmation(
            of: environment, given: yesErase, option: "--yes-erase", doing: "erasing keys of", verb: "erase them",
            undone: "nothing was erased")
        try confirmation.prepare()
        let subject = before.map { ErasureSubject.before(unixSeconds: $0.unixSeconds) } ?? .connection(connectionID ?? "")
        let client = connection.client()
        let preview = try connection.call { () throws(EKMClientError) in try client.blocking.previewErasure(environment.name, of: subject) }
        Terminal.error(LossPicture(preview, title: "This makes unreadable for ever, in \(preview.environment):").text)
        let typed = try confirmation.typed()
        let receipt = try connection.call { () throws(EKMClientError) in
            try client.blocking.erase(environment.name, subject, confirmation: typed, timeout: Self.timeout)
        }
        if connection.json { return try JSON.print(receipt) }
        try Terminal.output(
            """
            Erased. The receipt \(receipt.id):

            \(ReceiptDocument(receipt).text)

            Keep it: ekmctl receipt show \(receipt.id) -o receipt.json
            Check it: ekmctl receipt verify receipt.json --public-key \(receipt.publicKey)
            """)
    }
}
