import ArgumentParser
import EKMClient
import EKMWire

struct ReceiptPublicKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "public-key", abstract: "Print the key with which the daemon's receipts are checked, in base64.",
        discussion: "Ed25519 (RFC 8032). Keep it where a receipt's reader trusts it. It changes with the root key.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = connection.client()
        let report = try connection.call { () throws(EKMClientError) in try client.blocking.receiptPublicKey() }
        if connection.json { return try JSON.print(report) }
        try Terminal.output(report.publicKey)
    }
}
