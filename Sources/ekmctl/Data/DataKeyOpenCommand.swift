import ArgumentParser
import Bedrock
import Cryptography
import EKMClient
import EKMStreams
import EKMWire

struct DataKeyOpenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Have a wrapped data key opened.", discussion: "Prints the key, in base64.")

    @Argument(help: ArgumentHelp("The wrapped key, in base64; read from standard input if none, or -.", valueName: "wrapped"))
    var wrapped: String?
    @OptionGroup var context: ContextOptions
    @Flag(help: "Print the key even on a terminal.") var toTerminal = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let context = try context.context()
        try DataKeyOutput.checkTerminal(toTerminal)
        let text: [UInt8]
        if let wrapped, wrapped != "-" {
            text = [UInt8](wrapped.utf8)
        } else {
            let input = try InputFile(nil, lookAhead: 4096)
            _ = try input.look(4096)
            text = input.withBeginning { $0.array }
        }
        guard let bytes = Base64.bytes(of: text[...].trimmingSpaceAtEnd), !bytes.isEmpty, bytes.count <= StreamFormat.largestWrappedKey
        else {
            throw Failure(.dataError, "unknown-format", "this is no wrapped data key: it is not base64, or not of a key's size")
        }
        let client = connection.client()
        let opened: OpenedDataKey
        do {
            opened = try connection.call { () throws(EKMClientError) in try client.blocking.openDataKey(bytes, context: context) }
        } catch {
            throw error.ofCiphertext
        }
        try DataKeyOutput.print(opened.key, wrapped: nil, secondsLeft: opened.secondsLeft, json: connection.json)
    }
}
