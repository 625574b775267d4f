import ArgumentParser
import Bedrock
import Cryptography
import Glibc
import KeyHierarchy
import SQLiteStore
import ServiceManager

/// `ekmd`: reads what it is told, and runs until it is told to stop.
@main
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ekmd",
        abstract: "Holds customers' encryption keys, and encrypts and decrypts under them for local processes.",
        discussion: """
            SIGTERM and SIGINT stop it within 5 seconds, SIGHUP reloads the configuration.
            Exit codes are those of sysexits(3): 0 stopped as asked, 64 wrong usage, 73 a file or socket could not be made, \
            74 the store could not be read or written, 75 another ekmd has the state or the socket, 78 wrong configuration.
            """,
        version: Version.text)

    @Option(name: .customLong("config"), help: ArgumentHelp("The configuration, in YAML.", valueName: "file"))
    var file: String?

    @Flag(name: .customLong("check-config"), help: "Check the configuration, say what is wrong with it, and exit with 0 or 78.")
    var checksConfiguration = false

    @Flag(
        name: .customLong("check-store"),
        help: "Check the key store of an ekmd that does not run, change nothing, and exit with 0, 74, or 75 where it runs.")
    var checksStore = false

    /// What must happen before anything else: OpenSSL takes the allocator only once, and threads inherit the signals' mask.
    static func main() {
        ProcessStart.holdStandardDescriptors()
        if let index = ProcessStart.malformedArgument {
            StandardError.print("Argument \(index) is not UTF-8; nothing was done.")
            Glibc.exit(ExitStatus.usage.rawValue)
        }
        guard WipingAllocator.install() else {
            StandardError.print("OpenSSL was in use before its memory could be made to wipe itself. This is a fault of ekmd: report it.")
            Glibc.exit(ExitStatus.software.rawValue)
        }
        ProcessHardening.apply()
        main(nil)
    }

    func run() throws {
        do {
            let reader = ConfigurationReader(defaults: try ConfigurationLocations.current())
            if checksConfiguration { return try check(with: reader) }
            if checksStore { return try checkStore(with: reader) }
            try serve(with: reader)
        } catch let error as ConfigurationError {
            throw Self.exit(.configuration, error.description)
        } catch let error as StartFailure {
            throw Self.exit(error.status, error.message)
        }
    }

    private func serve(with reader: ConfigurationReader) throws {
        let signals = SignalInbox()
        let result = try reader.read(path: file)
        let log = RunningLog.start(level: result.configuration.log.level)
        let file = file
        let parts = try DaemonStart(configuration: result.configuration, warnings: result.warnings, log: log).run()
        let daemon = Daemon(parts, configuration: result.configuration, notifier: ServiceNotifier()) { () throws(ConfigurationError) in
            try reader.read(path: file)
        }
        daemon.run(until: signals)
    }

    private func check(with reader: ConfigurationReader) throws {
        let result = try reader.read(path: file)
        for warning in result.warnings { StandardError.print("\(warning) (warning)") }
        print(ConfigurationSummary(result, defaultFile: reader.defaults.configuration).text)
    }

    private func checkStore(with reader: ConfigurationReader) throws {
        let state = try reader.read(path: file).configuration.state
        do throws(KeyStoreError) {
            print(try SQLiteStore.check(in: state) ? "The key store in \(state) is sound." : "There is no key store in \(state) yet.")
        } catch { throw StartFailure(error) }
    }

    /// Says why on standard error, and ends with this code.
    private static func exit(_ code: ExitStatus, _ message: String) -> ExitCode {
        StandardError.print(message)
        return ExitCode(code.rawValue)
    }
}
