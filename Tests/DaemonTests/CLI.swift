import Bedrock
import Foundation
import TestSupport
import Testing

/// The real `ekmctl` against a real `ekmd` of its own, with the environment `acme/prod`.
struct CLI {
    static let program = Executables.path(of: "ekmctl")

    let daemon: DaemonFixture
    /// For the test's files.
    let directory: TemporaryDirectory
    let variables: [String: String]

    /// - Parameter environment: what the daemon finds in its own, besides.
    init(settings: String = "", environments: [String] = ["acme/prod"], environment: [String: String] = [:]) async throws {
        daemon = try await DaemonFixture.start(settings: settings, environment: environment)
        directory = try TemporaryDirectory()
        variables = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "EKM_SOCKET": daemon.socket, "SWIFT_BACKTRACE": "enable=no"]
        for name in environments { try await succeed(["env", "create", name]) }
    }

    func run(_ arguments: [String], input: [UInt8] = []) async throws -> Command {
        try await Command.run([Self.program] + arguments, environment: variables, directory: directory.path, input: input)
    }

    /// Runs a line of bash, in which `$EKMCTL` is the program.
    func shell(_ line: String) async throws -> Command {
        try await Command.run(
            ["bash", "-c", line], environment: variables.merging(["EKMCTL": Self.program]) { $1 }, directory: directory.path,
            timeout: .seconds(120))
    }

    @discardableResult
    func succeed(_ arguments: [String], input: [UInt8] = []) async throws -> Command {
        let command = try await run(arguments, input: input)
        try #require(command.ending == .exited(0), "\(arguments): \(command.errors)")
        return command
    }

    func encrypt(_ plaintext: [UInt8], _ arguments: [String] = ["--log"], environment: String = "acme/prod") async throws -> [UInt8] {
        try await succeed(["encrypt", environment] + arguments, input: plaintext).output
    }

    func decrypt(_ ciphertext: [UInt8], _ arguments: [String] = []) async throws -> Command {
        try await run(["decrypt"] + arguments, input: ciphertext)
    }

    /// The names of the files in the test's directory, hidden ones too.
    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()) ?? [] }

    func read(_ name: String) -> [UInt8] { (try? Array(Data(contentsOf: URL(fileURLWithPath: directory.file(name))))) ?? [] }

    /// Whether a file holds exactly `bytes`. (A failed comparison of large arrays in an expectation would take minutes to explain itself.)
    func holds(_ bytes: [UInt8], _ name: String) -> Bool { read(name) == bytes }

    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: directory.file(name))) }

    /// The random id of an environment, as it stands in ciphertexts.
    func identifier(_ environment: String) async throws -> [UInt8] {
        let json = try JSONSerialization.jsonObject(with: Data(try await succeed(["env", "show", environment, "--json"]).output))
        let text = try #require((json as? [String: Any])?["id"] as? String)
        return try #require(Hex.bytes(of: text))
    }

    static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 31 &+ index >> 12) }
        return bytes
    }
}
