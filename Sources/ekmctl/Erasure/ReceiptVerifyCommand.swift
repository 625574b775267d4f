import ArgumentParser
import Bedrock
import Cryptography
import EKMWire
import FoundationEssentials

struct ReceiptVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a receipt's signature, without the daemon.",
        discussion: """
            Give the public key from where you trust it ('ekmctl receipt public-key', at the time when the daemon was set up): the one that \
            stands in the receipt proves nothing. Prints what was signed, and ends with 0 only if the signature is right, else with 65.
            """)

    /// The most bytes of a receipt's file.
    private static let largest = 64 << 20

    @Argument(help: ArgumentHelp("The receipt, as 'ekmctl receipt show ID -o FILE' wrote it; '-' for standard input.", valueName: "file"))
    var file: String
    @Option(help: ArgumentHelp("The daemon's public key in base64, or a file with it.", valueName: "key|file")) var publicKey: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let key = try PublicKeyArgument(publicKey).key
        let receipt = try Self.read(file)
        guard let document = ReceiptDocument(receipt).bytes, let signature = Base64.bytes(of: Array(receipt.signature.utf8)) else {
            throw Self.invalid("the receipt in \(file) is damaged: its document or signature is not base64")
        }
        guard unsafe key.isValid(signature.span.bytes, over: document.span.bytes) else {
            throw Self.invalid("the signature of the receipt in \(file) is wrong: it was changed, or another key signed it")
        }
        if json { return try JSON.print(receipt) }
        try Terminal.output("The signature is right. This was signed:\n\n" + ReceiptDocument(receipt).text)
    }

    private static func read(_ path: String) throws(Failure) -> ReceiptReport {
        let input = try InputFile(path, lookAhead: 1)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = try Self.next(input, &chunk)
            if count == 0 { break }
            bytes += chunk.prefix(count)
            guard bytes.count <= largest else { throw invalid("\(path) is too large to be a receipt") }
        }
        do {
            return try JSONDecoder().decode(ReceiptReport.self, from: Data(bytes))
        } catch { throw invalid("\(path) is not a receipt as 'ekmctl receipt show ID -o FILE' writes it") }
    }

    private static func next(_ input: InputFile, _ chunk: inout [UInt8]) throws(Failure) -> Int {
        var elements = chunk.mutableSpan
        var bytes = unsafe elements.mutableBytes
        return try input.read(&bytes)
    }

    private static func invalid(_ message: String) -> Failure {
        Failure(.dataError, "receipt-invalid", message, remedy: "Ask for the receipt again, and do not trust this one.")
    }
}
