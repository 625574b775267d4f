import Foundation
import TestSupport
import Testing

@testable import ekmctl

/// A drill against a KMS that denies and grants, by files that its commands make.
@Suite("ekmctl drill proves the bound", .serialized)
struct CLIDrillTests {
    private struct Report: Decodable {
        struct Refusal: Decodable { let name, verdict: String }
        struct Memory: Decodable { let environmentKeys, keys, contexts: Int }
        let lastProof, lastSuccess, firstRefusal, recovery: String?
        let refusal: Refusal?
        let publishedBound, fromProofToRefusal, pastDeadline, toRecovery: Double?
        let keysInMemory: Memory?
        let failures: [String]
    }

    private func start(_ kms: FaultInjectingKMS, ttl: Int = 3) async throws -> CLI {
        let cli = try await CLI(
            settings: """
                cache: { ttl: \(ttl)s }
                kms: { poll_interval: 1s, timeout: 1s }
                aws: { region: \(kms.region), endpoint: "\(kms.endpoint)" }
                """, environments: [],
            environment: [
                "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true",
            ])
        try await cli.succeed(["env", "create", "acme/prod", "--aws-kms", kms.createKey()])
        return cli
    }

    /// Runs a drill whose commands make files; `deny` and `restore` are called when these are there.
    private func drill(
        _ cli: CLI, deny: @escaping @Sendable () -> Void, restore: @escaping @Sendable () -> Void
    ) async throws -> (Command, Report) {
        let watcher = Task {
            for (file, act) in [("denied", deny), ("restored", restore)] {
                while !Task.isCancelled, !cli.files.contains(file) { try await Task.sleep(for: .milliseconds(10)) }
                act()
            }
        }
        defer { watcher.cancel() }
        let command = try await cli.shell(
            "$EKMCTL drill acme/prod --exec 'touch denied' --restore 'touch restored' --for 60s --json")
        return (command, try JSONDecoder().decode(Report.self, from: Data(command.output)))
    }

    @Test(
        "a key that is denied is refused by its deadline, one that is disabled by the next poll; both serve again",
        arguments: [(FaultInjectingKMS.Fault.accessDenied("kms:Decrypt"), "restricted"), (.disabled("the key"), "revoked")])
    func bound(_ fault: FaultInjectingKMS.Fault, _ verdict: String) async throws {
        let kms = try FaultInjectingKMS()
        let cli = try await start(kms)
        let (command, report) = try await drill(cli) {
            kms.inject(.on(.decrypt), fault)
        } restore: {
            kms.clearFaults()
        }
        #expect(command.ending == .exited(0), "\(command.errors)")
        #expect(report.refusal?.verdict == verdict)
        #expect(report.failures.isEmpty)
        let memory = try #require(report.keysInMemory)
        #expect(memory.environmentKeys == 0 && memory.keys == 0 && memory.contexts == 0)
        // The published bound is the TTL of 3 s; the time of the proof is told in whole seconds.
        let published = try #require(report.publishedBound)
        #expect(published > 2.5 && published < 4.5, "\(published)")
        #expect(try #require(report.fromProofToRefusal) < 5.5)
        #expect(try #require(report.pastDeadline) <= 1)
        #expect(report.lastProof != nil && report.lastSuccess != nil && report.firstRefusal != nil && report.recovery != nil)
        #expect(try await cli.decrypt(cli.encrypt([1])).output == [1])
    }

    @Test("a drill that is interrupted restores what it denied, and says so")
    func interrupted() async throws {
        let cli = try await CLI()
        let drill = try ChildProcess(
            [
                CLI.program, "drill", "acme/prod", "--exec", "\(CLI.program) env lock acme/prod --reason drill",
                "--restore", "sleep 1; \(CLI.program) env unlock acme/prod; touch restored", "--for", "60s",
            ], environment: cli.variables, directory: cli.directory.path, errors: cli.directory.file("errors"))
        while try await !cli.succeed(["env", "show", "acme/prod"]).text.contains("locked") { try await Task.sleep(for: .milliseconds(20)) }
        drill.signal(SIGINT)
        #expect(try await drill.wait() == .exited(75))
        #expect(cli.files.contains("restored"))
        #expect(try await cli.decrypt(cli.encrypt([1])).output == [1])
    }

    @Test("Ctrl-C pressed again and again leaves what restores the key alone")
    func interruptedAgain() async throws {
        let cli = try await CLI()
        let drill = try ChildProcess(
            [
                CLI.program, "drill", "acme/prod", "--exec", "\(CLI.program) env lock acme/prod --reason drill",
                "--restore", "touch restoring; sleep 1; \(CLI.program) env unlock acme/prod; touch restored", "--for", "60s",
            ], environment: cli.variables, directory: cli.directory.path, errors: cli.directory.file("errors"))
        while try await !cli.succeed(["env", "show", "acme/prod"]).text.contains("locked") { try await Task.sleep(for: .milliseconds(20)) }
        // As a terminal does: to everyone in its foreground.
        kill(-drill.identifier, SIGINT)
        while !cli.files.contains("restoring") { try await Task.sleep(for: .milliseconds(10)) }
        for _ in 0..<5 {
            kill(-drill.identifier, SIGINT)
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await drill.wait() == .exited(75))
        #expect(cli.files.contains("restored"))
        #expect(try await cli.decrypt(cli.encrypt([1])).output == [1])
    }

    @Test("a command that denies and does not end is ended with all that it started")
    func endless() async throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("process")
        try await blocking {
            var switches = DrillSwitches(deny: "sleep 1000 & echo $! > \(file); wait", restore: "true", patience: 300)
            try switches.deny()
            #expect(throws: Failure.self) { try switches.finish() }
        }
        let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let process = try #require(pid_t(text))
        var isGone = false
        for _ in 0..<500 where !isGone {
            // Whoever adopts it may not have reaped it yet.
            let fields = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8))?.split(separator: " ") ?? []
            isGone = fields.count < 3 || fields[2] == "Z"
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(isGone)
    }

    @Test("the operator's own lock drills as well, and the report is for a person")
    func lock() async throws {
        let cli = try await CLI()
        let command = try await cli.shell(
            "$EKMCTL drill acme/prod --exec \"$EKMCTL env lock acme/prod --reason drill\" --restore \"$EKMCTL env unlock acme/prod\"")
        #expect(command.ending == .exited(0), "\(command.errors)")
        #expect(command.text.contains("keys left     none") && command.text.contains("bound         held"), "\(command.text)")
    }

    @Test("an environment that is refused already, and a command that fails, end the drill")
    func refused() async throws {
        let cli = try await CLI()
        let failed = try await cli.run(["drill", "acme/prod", "--exec", "exit 3", "--restore", "touch restored"])
        #expect(failed.ending == .exited(70) && failed.errors.contains("ended with 3"), "\(failed.errors)")
        #expect(cli.files.contains("restored"))
        try await cli.succeed(["env", "lock", "acme/prod", "--reason", "incident"])
        #expect(try await cli.run(["drill", "acme/prod"]).ending == .exited(69))
    }
}
