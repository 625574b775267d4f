import ArgumentParser
import EKMClient
import EKMWire

struct ReceiptShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a receipt, or keep it in a file.",
        discussion:
            "The file has the receipt as it was signed, the signature and the public key, as JSON: 'ekmctl receipt verify' reads it.")

    @Argument(help: ArgumentHelp("The receipt's id, as 'ekmctl receipt list' shows it.", valueName: "id")) var receipt: String
    @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "file")) var output: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.showReceipt(receipt) }
        if let output {
            let file = try OutputFile(output)
            let text = Array((JSON.text(report) + "\n").utf8)
            try file.write(unsafe text.span.bytes)
            try file.commit()
        }
        if connection.json { return try JSON.print(report) }
        if let output { return try Terminal.output("The receipt \(report.id) is in \(output).") }
        try Terminal.output(
            """
            \(ReceiptDocument(report).text)

            signature   \(report.signature)
            public key  \(report.publicKey)
            """)
    }
}
