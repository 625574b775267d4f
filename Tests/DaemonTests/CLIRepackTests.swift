import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

/// Repacks that last seconds, because the rate is the lowest there is.
@Suite("ekmctl looks after a repack that is under way")
struct CLIRepackTests {
    private static let connections = 300

    private let cli: CLI
    private let ciphertexts: [[UInt8]]

    init() async throws {
        cli = try await CLI(settings: "repack: { rate: 100 }")
        let client = EKMClient(socketPath: cli.daemon.socket)
        var ciphertexts: [[UInt8]] = []
        for number in 0..<Self.connections {
            ciphertexts.append(try await client.encrypt([7], environment: "acme/prod", scope: .connection("c\(number)")).ciphertext)
        }
        self.ciphertexts = ciphertexts
        try cli.write(Array(CLIKeyTests.material.utf8), to: "key.txt")
        try await cli.succeed(["key", "replace", "acme/prod", "--material", "key.txt"])
    }

    private func key() async throws -> KeyReport {
        try JSONDecoder().decode(KeyReport.self, from: Data(try await cli.succeed(["key", "show", "acme/prod", "--json"]).output))
    }

    /// The next hour's key may be made meanwhile, and counts as well.
    private func expectAllKeysUnderOneVersion(_ key: KeyReport) {
        #expect(key.census.map(\.isCurrent) == [true], "\(key.census)")
        #expect((Self.connections...Self.connections + 1).contains(key.census.first?.keys ?? 0), "\(key.census)")
    }

    private func watch(_ name: String) throws -> ChildProcess {
        try ChildProcess(
            [CLI.program, "repack", "show", "acme/prod", "--watch"], environment: cli.variables, directory: cli.directory.path,
            output: cli.directory.file(name), errors: cli.directory.file("\(name).errors"))
    }

    private func text(_ name: String) -> String { String(decoding: cli.read(name), as: UTF8.self) }

    private func wait(_ what: String, until holds: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while !holds() {
            try #require(ContinuousClock.now < end, "\(what)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("Ctrl-C ends the watch and not the repack; another watch sees it paused, resumed and ended")
    func watching() async throws {
        let first = try watch("first")
        try await wait("the first watch shows nothing") { text("first.errors").contains("running") }
        first.signal(SIGINT)
        #expect(try await first.wait() == .exited(75))
        #expect(text("first.errors").contains("the repack of acme/prod goes on by itself"), "\(text("first.errors"))")
        #expect(text("first.errors").contains("of \(Self.connections) keys"), "\(text("first.errors"))")
        #expect(cli.read("first").isEmpty)

        try await cli.succeed(["repack", "pause", "acme/prod"])
        let shown = try await cli.succeed(["repack", "show", "acme/prod"]).text
        #expect(shown.contains("paused, ") && shown.contains("cause         replacement"), "\(shown)")
        let second = try watch("second")
        try await wait("the second watch does not see the pause") { text("second.errors").contains("paused") }
        #expect(second.state == nil)
        try await cli.succeed(["repack", "resume", "acme/prod"])
        #expect(try await second.wait() == .exited(0))
        #expect(text("second").contains("all \(Self.connections) keys hang under the current main key"), "\(text("second"))")
        try await expectAllKeysUnderOneVersion(key())
        for ciphertext in ciphertexts.prefix(10) { #expect(try await cli.decrypt(ciphertext).output == [7]) }
    }

    @Test("cancelling it takes the replacement back, and gives no second one within the 24 hours")
    func cancelling() async throws {
        try await cli.succeed(["repack", "pause", "acme/prod"])
        try await cli.succeed(["repack", "cancel", "acme/prod"])
        let key = try await key()
        #expect(key.mainKey.kind == "managed" && key.repack == nil)
        expectAllKeysUnderOneVersion(key)
        for ciphertext in ciphertexts.prefix(10) { #expect(try await cli.decrypt(ciphertext).output == [7]) }
        #expect(try await cli.run(["key", "replace", "acme/prod", "--material", "key.txt"]).ending == .exited(75))
        let none = try await cli.run(["repack", "cancel", "acme/prod"])
        #expect(none.ending == .exited(64) && none.errors.contains("No repack is under way"), "\(none.errors)")
    }
}
