import EKMWire
import Foundation
import TestSupport
import Testing

@testable import ekmctl

@Suite("ekmctl doctor, where the daemon is down")
struct CLIDoctorTests {
    private let directory: TemporaryDirectory
    private let state: String

    init() throws {
        directory = try TemporaryDirectory()
        state = directory.file("state")
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    private func doctor(_ configuration: String) async throws -> (Command, [String: DoctorReport.Check]) {
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: directory.file("ekmd.yaml")))
        let command = try await Command.run(
            [CLI.program, "doctor", "--json", "--config", "ekmd.yaml"],
            environment: ["EKM_SOCKET": directory.file("ekmd.sock"), "PATH": "/usr/bin:/bin", "HOME": directory.path],
            directory: directory.path)
        let report = try JSONDecoder().decode(DoctorReport.self, from: Data(command.output))
        return (command, Dictionary(report.checks.map { ($0.name, $0) }) { first, _ in first })
    }

    private var configuration: String {
        "socket: \(directory.file("ekmd.sock"))\nstate: \(state)\nroot_key: { file: \(directory.file("root.key")) }\n"
    }

    @Test("finds what can be found: configuration, state, root key, disk, and that nobody listens")
    func down() async throws {
        _ = FileManager.default.createFile(atPath: directory.file("root.key"), contents: Data(), attributes: [.posixPermissions: 0o600])
        let (command, checks) = try await doctor(configuration)
        #expect(command.ending == .exited(1))
        #expect(checks["configuration"]?.outcome == .ok)
        #expect(checks["state directory"]?.outcome == .ok)
        #expect(checks["root key"]?.outcome == .ok)
        #expect(checks["disk space"] != nil)
        #expect(checks["socket"]?.outcome == .failed)
        #expect(checks["connection"]?.outcome == .failed)
        #expect(checks["daemon"]?.outcome == .skipped)
        for check in checks.values where check.outcome == .failed { #expect(!check.remedy.isEmpty, "\(check.name)") }
        #expect(command.errors.contains("doctor-failed"))
    }

    @Test("says what is wrong in the configuration, in the words of ekmd")
    func configurationIsWrong() async throws {
        let (_, checks) = try await doctor(configuration + "cache: { tll: 3s }\n")
        #expect(checks["configuration"]?.outcome == .failed)
        #expect(checks["configuration"]?.message.contains("tll") == true)
    }

    @Test("says how to close a state directory and a root key that others can open")
    func open() async throws {
        _ = FileManager.default.createFile(atPath: directory.file("root.key"), contents: Data(), attributes: [.posixPermissions: 0o644])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: state)
        let (_, checks) = try await doctor(configuration)
        #expect(checks["state directory"]?.outcome == .failed)
        #expect(checks["state directory"]?.remedy == "chmod 700 \(state)")
        #expect(checks["root key"]?.outcome == .failed)
        #expect(checks["root key"]?.remedy == "chmod 600 \(directory.file("root.key"))")
    }

    @Test("has ekmd look at the store, which it leaves as it is")
    func store() async throws {
        _ = FileManager.default.createFile(atPath: directory.file("root.key"), contents: Data(), attributes: [.posixPermissions: 0o600])
        #expect(try await doctor(configuration).1["store"]?.message == "There is no key store in \(state) yet.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: state).isEmpty)

        let daemon = try await DaemonFixture.start()
        let other = "socket: \(directory.file("ekmd.sock"))\nstate: \(daemon.state)\nroot_key: { file: \(daemon.rootKey) }\n"
        let used = try await doctor(other).1["store"]
        #expect(used?.outcome == .skipped, "\(used?.message ?? "")")
        #expect(used?.message.contains("has the key store in \(daemon.state) open") == true, "\(used?.message ?? "")")
        #expect(try await daemon.stop() == .exited(0))
        #expect(try await doctor(other).1["store"]?.outcome == .ok)

        let file = URL(fileURLWithPath: "\(daemon.state)/store.sqlite")
        try FileManager.default.removeItem(atPath: file.path + "-wal")
        let damaged = Data(repeating: 0x5A, count: 8192)
        try damaged.write(to: file)
        let check = try await doctor(other).1["store"]
        #expect(check?.outcome == .failed && check?.remedy.contains("backup") == true, "\(check?.message ?? "")")
        #expect(try Data(contentsOf: file) == damaged)
    }

    @Test("draws a checklist with a remedy below what failed")
    func picture() {
        let report = DoctorReport(checks: [
            DoctorReport.Check("one", .ok, "Good."), DoctorReport.Check("three", .failed, "Bad.", remedy: "Do it."),
            DoctorReport.Check("two", .warning, "Hm."), DoctorReport.Check("four", .skipped, "No."),
        ])
        #expect(DoctorPicture(report).text == "✓ one    Good.\n✗ three  Bad.\n         → Do it.\n! two    Hm.\n– four   No.")
    }
}
