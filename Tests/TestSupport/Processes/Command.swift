import Foundation

/// A program that is run to its end, and what it said.
package struct Command: Sendable {
    package let ending: ChildProcess.Ending
    package let output: [UInt8]
    package let errors: String

    package var succeeded: Bool { ending == .exited(0) }

    package var text: String { String(decoding: output, as: UTF8.self) }

    /// Blocks until `words` has run; throws when it did not end in time.
    package static func runBlocking(
        _ words: [String], environment: [String: String]? = nil, directory: String? = nil, input: [UInt8] = [],
        timeout: Duration = .seconds(60)
    ) throws -> Command {
        let folder = try TemporaryDirectory()
        try Data(input).write(to: URL(fileURLWithPath: folder.file("in")))
        let process = try ChildProcess(
            words, environment: environment, directory: directory, input: folder.file("in"), output: folder.file("out"),
            errors: folder.file("err"))
        let ending = process.waitBlocking(timeout: timeout)
        if ending == nil { process.stop(grace: .zero) }
        let output = (try? Data(contentsOf: URL(fileURLWithPath: folder.file("out")))) ?? Data()
        let errors = (try? Data(contentsOf: URL(fileURLWithPath: folder.file("err")))) ?? Data()
        let said = String(decoding: errors, as: UTF8.self)
        guard let ending else {
            throw ProcessFailure("\(words.joined(separator: " ")) still ran after \(timeout): \(said)")
        }
        return Command(ending: ending, output: Array(output), errors: said)
    }

    /// Runs `words`, off the concurrency runtime's threads; throws when it did not end in time.
    package static func run(
        _ words: [String], environment: [String: String]? = nil, directory: String? = nil, input: [UInt8] = [],
        timeout: Duration = .seconds(60)
    ) async throws -> Command {
        try await blocking {
            try runBlocking(words, environment: environment, directory: directory, input: input, timeout: timeout)
        }
    }
}
