import EKMWire
import Foundation
import TestSupport
import Testing

@Suite("ekmctl looks after main keys")
struct CLIKeyTests {
    static let material = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    static let other = "ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0A="

    private func report<Report: Decodable>(_ type: Report.Type, _ cli: CLI, _ arguments: [String]) async throws -> Report {
        try JSONDecoder().decode(type, from: Data(try await cli.succeed(arguments + ["--json"]).output))
    }

    /// Asks until the repack has ended.
    private func waitForRepack(_ cli: CLI) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while try await report(RepackReport.self, cli, ["repack", "show", "acme/prod"]).state != "none" {
            try #require(ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test("replaces one after a dry run that changes nothing; every key moves, and all data is read as before")
    func replacement() async throws {
        let cli = try await CLI()
        try cli.write(Array(Self.material.utf8), to: "key.txt")
        let ciphertexts = try await [
            cli.encrypt([1], ["--job", "1"]), cli.encrypt([2], ["--connection", "c"]), cli.encrypt([3], ["--event"]), cli.encrypt([4]),
        ]
        let plan = try await cli.succeed(["key", "replace", "acme/prod", "--material", "key.txt", "--dry-run"]).text
        #expect(plan.contains("Nothing was changed") && plan.contains("3 keys"), "\(plan)")
        #expect(try await report(KeyReport.self, cli, ["key", "show", "acme/prod"]).mainKey.kind == "managed")

        let done = try await cli.succeed(["key", "replace", "acme/prod", "--material", "key.txt"]).text
        #expect(done.contains("is the main key of acme/prod from now on"), "\(done)")
        try await waitForRepack(cli)
        let key = try await report(KeyReport.self, cli, ["key", "show", "acme/prod"])
        #expect(key.mainKey.kind == "material" && key.replacement.allowedFrom != nil)
        #expect(key.census.filter { !$0.isCurrent }.allSatisfy { $0.keys == 0 })
        for (ciphertext, plaintext) in zip(ciphertexts, [UInt8](1...4)) { #expect(try await cli.decrypt(ciphertext).output == [plaintext]) }

        let again = try await cli.run(["key", "replace", "acme/prod", "--managed"])
        #expect(again.ending == .exited(75) && again.errors.contains("24 hours"), "\(again.errors)")
        let picture = try await cli.succeed(["key", "show", "acme/prod"]).text
        #expect(picture.contains("replacement   allowed from"), "\(picture)")
        #expect(try await cli.succeed(["repack", "show", "acme/prod"]).text.contains("No repack is under way"))
        #expect(try await cli.succeed(["repack", "show", "acme/prod", "--watch"]).text.contains("No repack is under way"))
        #expect(try await cli.run(["repack", "pause", "acme/prod"]).ending == .exited(64))
    }

    @Test("withdraws material after its name was given twice; only the same bytes restore it")
    func withdrawal() async throws {
        let cli = try await CLI(environments: [])
        try cli.write(Array(Self.material.utf8), to: "key.txt")
        try cli.write(Array(Self.other.utf8), to: "other.txt")
        try await cli.succeed(["env", "create", "acme/prod", "--material", "key.txt"])
        let ciphertext = try await cli.encrypt([1])
        #expect(try await cli.run(["key", "withdraw", "acme/prod"]).ending == .exited(64))
        #expect(try await cli.run(["key", "withdraw", "acme/prod", "--confirm", "acme/dev"]).ending == .exited(64))
        #expect(try await cli.decrypt(ciphertext).output == [1])
        try await cli.succeed(["key", "withdraw", "acme/prod", "--confirm", "acme/prod"])
        #expect(try await cli.decrypt(ciphertext).ending == .exited(69))
        #expect(try await cli.run(["key", "replace", "acme/prod", "--material", "other.txt"]).ending == .exited(78))
        let restored = try await cli.succeed(["key", "replace", "acme/prod", "--material", "key.txt"]).text
        #expect(restored.contains("can be read again"))
        #expect(try await cli.decrypt(ciphertext).output == [1])
    }

    @Test("rotates a managed one, and says which operation is not for which kind")
    func rotation() async throws {
        let cli = try await CLI()
        let ciphertext = try await cli.encrypt([1])
        let before = try await report(KeyReport.self, cli, ["key", "show", "acme/prod"])
        let after = try await report(KeyReport.self, cli, ["key", "rotate", "acme/prod"])
        #expect(after.mainKey.generation != before.mainKey.generation)
        #expect(after.census.first { $0.isCurrent }?.version == 2)
        #expect(try await cli.decrypt(ciphertext).output == [1])
        #expect(try await cli.run(["key", "withdraw", "acme/prod", "--confirm", "acme/prod"]).ending == .exited(64))
        #expect(try await cli.run(["key", "cancel-pending", "acme/prod"]).ending == .exited(64))
    }

    @Test("locks an environment at once, with the reason for whoever is refused, and unlocks it")
    func lock() async throws {
        let cli = try await CLI()
        let ciphertext = try await cli.encrypt([1])
        try await cli.succeed(["env", "lock", "acme/prod", "--reason", "incident 42"])
        let refused = try await cli.decrypt(ciphertext)
        #expect(refused.ending == .exited(69) && refused.errors.contains("incident 42"), "\(refused.errors)")
        let status = try await cli.succeed(["status"]).text
        #expect(status.contains("IN TROUBLE") && status.contains("incident 42"), "\(status)")
        #expect(try await cli.succeed(["env", "show", "acme/prod"]).text.contains("in memory     no keys"))
        try await cli.succeed(["env", "unlock", "acme/prod"])
        #expect(try await cli.decrypt(ciphertext).output == [1])
        #expect(try await !cli.succeed(["status"]).text.contains("IN TROUBLE"))
        #expect(try await cli.run(["env", "lock", "acme/prod"]).ending == .exited(64))
    }

    @Test("sets a retention, and shows it")
    func retention() async throws {
        let cli = try await CLI()
        #expect(try await cli.succeed(["env", "retention", "acme/prod"]).text.contains("jobs and events  forever"))
        let shorter = ["env", "retention", "acme/prod", "--keep", "90d", "--logs", "36h"]
        try await cli.succeed(shorter + ["--now", "--yes-erase", "acme/prod"])
        let shown = try await cli.succeed(["env", "retention", "acme/prod"]).text
        #expect(shown.contains("jobs and events  90d") && shown.contains("logs             36h"), "\(shown)")
        try await cli.succeed(["env", "retention", "acme/prod", "--keep", "forever"])
        let kept = try await report(EnvironmentReport.self, cli, ["env", "show", "acme/prod"]).retention
        #expect(kept == RetentionReport(hours: nil, logs: 36 * 3600))
    }

    @Test("shortens a retention only when asked again, says what goes, and does it a day later")
    func shorterRetention() async throws {
        let cli = try await CLI()
        _ = try await cli.encrypt([1], ["--job", "7"])
        let shorter = ["env", "retention", "acme/prod", "--keep", "2h"]
        let asked = try await cli.run(shorter)
        #expect(asked.ending == .exited(64) && asked.errors.contains("--yes-erase acme/prod"), "\(asked.errors)")
        #expect(try await cli.run(shorter + ["--yes-erase", "acme/dev"]).ending == .exited(64))
        #expect(try await report(EnvironmentReport.self, cli, ["env", "show", "acme/prod"]).retention == RetentionReport())
        let done = try await cli.succeed(shorter + ["--yes-erase", "acme/prod"])
        #expect(done.errors.contains("hourly keys") && done.errors.contains("in a day"), "\(done.errors)")
        let waiting = try await report(EnvironmentReport.self, cli, ["env", "show", "acme/prod"]).retention
        #expect(waiting.hours == nil && waiting.next?.hours == 7200 && waiting.next?.logs == nil)
        #expect(done.text.contains("jobs and events  2h") && done.text.contains("and from"), "\(done.text)")
        // What prolongs it asks nobody, and takes the other back.
        try await cli.succeed(["env", "retention", "acme/prod", "--keep", "forever"])
        #expect(try await report(EnvironmentReport.self, cli, ["env", "show", "acme/prod"]).retention == RetentionReport())
    }

    @Test("erases a connection; its receipt is kept in a file, and checked without the daemon")
    func erasure() async throws {
        let cli = try await CLI()
        let lost = try await cli.encrypt([1], ["--connection", "c"])
        let kept = try await cli.encrypt([2], ["--connection", "d"])
        #expect(try await cli.run(["erase", "acme/prod"]).ending == .exited(64))
        #expect(try await cli.run(["erase", "acme/prod", "--connection", "c"]).ending == .exited(64))
        #expect(try await cli.run(["erase", "acme/prod", "--connection", "c", "--yes-erase", "acme"]).ending == .exited(64))
        #expect(try await cli.decrypt(lost).output == [1])
        let erased = try await cli.succeed(["erase", "acme/prod", "--connection", "c", "--yes-erase", "acme/prod"])
        #expect(erased.errors.contains("connection keys  1"))
        #expect(erased.text.contains("does not cover"), "\(erased.text)")
        #expect(try await cli.decrypt(lost).ending == .exited(65))
        #expect(try await cli.decrypt(kept).output == [2])

        let list = try await report([ReceiptSummaryReport].self, cli, ["receipt", "list", "acme/prod"])
        let id = try #require(list.first?.id)
        #expect(list.count == 1 && list[0].keys == 1)
        try await cli.succeed(["receipt", "show", id, "-o", "receipt.json"])
        let key = try await cli.succeed(["receipt", "public-key"]).text.trimmingCharacters(in: .whitespacesAndNewlines)
        let arguments = ["receipt", "verify", "receipt.json", "--public-key", key, "--socket", "/nowhere/ekmd.sock"]
        #expect(try await cli.run(Array(arguments.dropLast(2))).text.contains("connection c"))
        try await cli.succeed(Array(arguments.dropLast(2)))
        #expect(try await cli.run(["receipt", "show", String(repeating: "0", count: 32)]).ending == .exited(64))
    }

    @Test("shows the clock, and walks the path with the doctor")
    func doctor() async throws {
        let cli = try await CLI()
        #expect(try await cli.succeed(["clock", "show"]).text.contains("believed"))
        #expect(try await report(ClockReport.self, cli, ["clock", "accept"]).state == "trusted")
        let healthy = try await cli.run(["doctor", "acme/prod", "--json"])
        let checks = try JSONDecoder().decode(DoctorReport.self, from: Data(healthy.output)).checks
        for name in ["connection", "state directory", "environment", "proof", "census", "clock"] {
            #expect(checks.contains { $0.name == name && $0.outcome == .ok }, "\(name): \(healthy.text)")
        }
        try await cli.succeed(["env", "lock", "acme/prod", "--reason", "incident 42"])
        let locked = try await cli.run(["doctor", "acme/prod"])
        #expect(locked.ending == .exited(1))
        #expect(locked.text.contains("✗ environment") && locked.text.contains("→ ekmctl env unlock acme/prod"), "\(locked.text)")
    }
}
