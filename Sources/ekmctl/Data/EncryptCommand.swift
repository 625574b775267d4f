import ArgumentParser
import Bedrock
import EKMClient
import EKMStreams
import EKMWire

struct EncryptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encrypt", abstract: "Encrypt a file, or standard input.",
        discussion: """
            Up to 256 KiB go through the daemon in one call. More is encrypted here, in constant memory, under a data key that the daemon \
            lends. decrypt reads both.
            """)

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var context: ContextOptions
    @Argument(help: ArgumentHelp("The file to encrypt; standard input if none, or -.", valueName: "in")) var input: String?
    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("Where to write; standard output if none, or -.", valueName: "out"))
    var output: String?
    @Flag(help: "Write the ciphertext even to a terminal.") var toTerminal = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let scope = try scope.required()
        let context = try context.context()
        if output == nil || output == "-", Terminal.isOutput, !toTerminal {
            throw Failure(
                .usage, "usage", "ciphertext is not for a terminal",
                remedy: "Name a file with -o, redirect the output, or insist with --to-terminal.")
        }
        let client = connection.client()
        let transfer = DataTransfer(client: client, connection: connection)
        let limit = try transfer.largestInOneCall(environment.name, scope, context)
        let input = try InputFile(input, lookAhead: limit + 1)
        let output = try OutputFile(output)
        let count = try input.look(limit + 1)
        let report: TransferReport
        if count <= limit {
            var plaintext = input.withBeginning { $0.array }
            defer { plaintext.wipe() }
            let encrypted = try connection.call { () throws(EKMClientError) in
                try client.blocking.encrypt(plaintext, environment: environment.name, scope: scope, context: context)
            }
            try output.write(array: encrypted.ciphertext)
            report = TransferReport(
                format: .envelope, plaintext: count, ciphertext: encrypted.ciphertext.count, secondsLeft: encrypted.secondsLeft)
        } else {
            let encryptor = StreamEncryptor(client: client, environment: environment.name, scope: scope, context: context)
            report = try transfer.stream("Encrypting", input, output) { (read, write, progress) throws(StreamError) in
                try encryptor.encrypt(read: read, write: write, progress: progress)
            }
        }
        try output.commit()
        try report.print(connection, isOutputFree: self.output != nil && self.output != "-")
    }
}
