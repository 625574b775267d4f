import ArgumentParser
import Bedrock
import Glibc

/// The command line of operators and customers.
@main
struct EKMCtl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ekmctl",
        abstract: "Encrypt and decrypt under customers' own keys, and look after their environments.",
        discussion: """
            ekmctl talks with ekmd on its socket: that of --socket, else of EKM_SOCKET, else of this user's daemon, else \
            /run/ekmd/ekmd.sock.

            EXIT CODES
              0   done
              1   a check of drill or doctor failed
              64  the command was used wrongly
              65  the input is not valid: a ciphertext that was changed, another context, key material that is none
              66  the input cannot be read
              69  the key is not available: restricted, revoked, or ekmd does not run
              70  an error of the program
              73  the output cannot be created
              74  reading or writing failed on the way; nothing stands under the output's name
              75  try again: the KMS or ekmd is busy or unreachable
              77  not granted
              78  the configuration does not allow it: no such environment

            With --json, results and errors are JSON: results on standard output, errors on standard error as \
            {"error":{"code","name","message","remedy","verdict","verdictAt","reason"}}.
            """,
        version: Version.text,
        subcommands: [
            EnvironmentCommand.self, KeyCommand.self, RepackCommand.self, EncryptCommand.self, DecryptCommand.self, DataKeyCommand.self,
            EraseCommand.self, ReceiptCommand.self, StatusCommand.self, WhoamiCommand.self, DoctorCommand.self, DrillCommand.self,
            ClockCommand.self,
            RootCommand.self, PolicyCommand.self, DemoCommand.self,
        ])

    static func main() {
        ProcessStart.holdStandardDescriptors()
        // A reader that went away, and a file that grows too large, are errors of the write, which cleans up.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        var arguments = Array(CommandLine.arguments.dropFirst())
        let json = arguments.prefix { $0 != "--" }.contains("--json")
        do {
            if let index = ProcessStart.malformedArgument {
                throw Failure.usage("argument \(index) is not UTF-8; nothing was done")
            }
            leadingOptions(&arguments)
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch let error as Failure {
            error.end(json: json)
        } catch {
            if json, exitCode(for: error) != .success { Failure.usage(message(for: error)).end(json: true) }
            exit(withError: error)
        }
    }

    /// Lets the options of all commands stand before the command, too.
    private static func leadingOptions(_ arguments: inout [String]) {
        while let first = arguments.first {
            if first == "--json" {
                arguments.removeFirst()
                arguments.insert(first, at: arguments.firstIndex(of: "--") ?? arguments.endIndex)
                if arguments.allSatisfy({ $0 == "--json" }) { return }
            } else if first == "--socket", arguments.count > 1 {
                unsafe setenv("EKM_SOCKET", arguments[1], 1)
                arguments.removeFirst(2)
            } else if first.hasPrefix("--socket=") {
                unsafe setenv("EKM_SOCKET", String(first.dropFirst("--socket=".count)), 1)
                arguments.removeFirst()
            } else {
                return
            }
        }
    }
}
