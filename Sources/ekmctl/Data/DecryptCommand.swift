import ArgumentParser
import Bedrock
import EKMClient
import EKMStreams
import EKMWire

struct DecryptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decrypt", abstract: "Decrypt a file, or standard input, that encrypt made.",
        discussion: """
            The input says itself which environment and key it belongs to. With -o, the plaintext stands under its name only when all of it \
            was authenticated. Without, a large input is written as its chunks are: heed the exit code.
            """)

    @OptionGroup var context: ContextOptions
    @Argument(help: ArgumentHelp("The file to decrypt; standard input if none, or -.", valueName: "in")) var input: String?
    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("Where to write; standard output if none, or -.", valueName: "out"))
    var output: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        do { try decrypt() } catch let failure as Failure { throw failure.ofCiphertext }
    }

    private func decrypt() throws {
        let context = try context.context()
        let client = connection.client()
        let transfer = DataTransfer(client: client, connection: connection)
        let limit = try transfer.largestCiphertext(context)
        let input = try InputFile(input, lookAhead: limit + 1)
        let output = try OutputFile(output)
        _ = try input.look(StreamFormat.magic.count)
        let report: TransferReport
        if input.withBeginning({ StreamFormat.isStream($0) }) {
            let decryptor = StreamDecryptor(client: client, context: context)
            report = try transfer.stream("Decrypting", input, output) { (read, write, progress) throws(StreamError) in
                try decryptor.decrypt(read: read, write: write, progress: progress)
            }
        } else {
            let count = try input.look(limit + 1)
            guard count > 0 else { throw Failure.noCiphertext("it is empty") }
            guard count <= limit else { throw Failure.noCiphertext("it is too large for one, and no stream") }
            let ciphertext = input.withBeginning { $0.array }
            var (plaintext, secondsLeft) = try decrypt(ciphertext, context, client)
            defer { plaintext.wipe() }
            report = TransferReport(format: .envelope, plaintext: plaintext.count, ciphertext: count, secondsLeft: secondsLeft)
            try output.write(array: plaintext)
        }
        try output.commit()
        try report.print(connection, isOutputFree: self.output != nil && self.output != "-")
    }

    /// The caller holds the plaintext alone, so that it can wipe it.
    private func decrypt(_ ciphertext: [UInt8], _ context: EncryptionContext, _ client: EKMClient) throws(Failure) -> ([UInt8], Int?) {
        let decrypted = try connection.call { () throws(EKMClientError) in try client.blocking.decrypt(ciphertext, context: context) }
        return (decrypted.plaintext, decrypted.secondsLeft)
    }
}

extension Failure {
    fileprivate static func noCiphertext(_ why: String) -> Failure {
        Failure(
            .dataError, "unknown-format", "the input is no ciphertext of ekmd: \(why)",
            remedy: "Check that it is the right file, and whole.")
    }
}
