import ArgumentParser
import EKMClient
import EKMWire

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Do the main job on real files, and prove what it promises.",
        discussion: """
            Creates two environments, encrypts and decrypts a few hundred files of this machine under every scope, compares each, and \
            shows that what must be refused is refused. The files are only read. Ends with 0 only if every check holds.
            """)

    @Option(help: ArgumentHelp("How many files to take, at most.", valueName: "count")) var files = 300
    @Option(help: ArgumentHelp("The size of the large file, in MiB.", valueName: "MiB")) var large = 32
    @Flag(help: "Keep the two environments.") var keep = false
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (1...100_000).contains(files), (1...65_536).contains(large) else {
            throw ValidationError("Take 1 to 100000 files, and a large one of 1 to 65536 MiB.")
        }
    }

    func run() throws {
        let client = connection.client()
        var journal = DemoJournal(isQuiet: connection.json)
        let daemon = try connection.call { () throws(EKMClientError) in try client.blocking.daemon() }
        try journal.title("ekmd \(daemon.version) answers at \(connection.socketPath)")
        let tag = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        let pair = DemoPair(first: "demo-acme-\(tag)/prod", second: "demo-globex-\(tag)/prod")
        do {
            try pair.create(client, connection, &journal)
            try DemoFilesStep(client: client, connection: connection, pair: pair).run(DemoFiles.collect(files), &journal)
            try DemoStreamStep(client: client, connection: connection, pair: pair).run(mebibytes: large, &journal)
            try DemoRefusalsStep(client: client, connection: connection, pair: pair).run(&journal)
            try pair.show(client, connection, &journal)
        } catch {
            if !keep { pair.remove(client) }
            throw error
        }
        if !keep { try pair.delete(client, connection, &journal) }
        try journal.summary(connection)
    }
}
