import TestSupport

@testable import ekmbench

/// The program, run for moments: the real servers behind it are those that were built beside the tests.
struct BenchRun {
    let directory: TemporaryDirectory
    let command: Command

    static func start(_ arguments: [String], in directory: TemporaryDirectory) async throws -> BenchRun {
        let command = try await Command.run(
            [Executables.path(of: "ekmbench")] + arguments,
            environment: ["PATH": "/usr/bin:/bin", "TMPDIR": directory.path].merging(Executables.sanitizing) { $1 }, timeout: .seconds(240))
        return BenchRun(directory: directory, command: command)
    }
}
