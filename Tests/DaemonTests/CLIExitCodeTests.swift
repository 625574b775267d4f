import Foundation
import TestSupport
import Testing

@Suite("ekmctl says why it failed")
struct CLIExitCodeTests {
    /// What is run, its exit code, and the name of its error.
    static let failures: [([String], Int32, String)] = [
        (["encrypt", "acme/prod"], 64, "usage"),
        (["encrypt", "acme/prod", "--log", "--event"], 64, "usage"),
        (["encrypt", "Acme/prod", "--log"], 64, "usage"),
        (["encrypt", "acme/prod", "--log", "--context", "nothing"], 64, "usage"),
        (["encrypt", "acme/prod", "--log", "--context", "a=b", "--context", "a=c"], 64, "usage"),
        (["encrypt", "acme/prod", "--job", ""], 64, "usage"),
        (["env", "create", "acme/dev", "--material", "a", "--aws-kms", "b"], 64, "usage"),
        (["env", "create", "acme/dev", "--role-arn", "arn:aws:iam::1:role/r"], 64, "usage"),
        (["env", "create", "acme/dev", "--aws-kms", "no-arn!"], 64, "usage"),
        (["policy", "nothing", "acme/prod", "--principal", "arn:aws:iam::1:role/r"], 64, "usage"),
        (["env", "delete", "acme/prod"], 64, "confirmation-required"),
        (["env", "delete", "acme/prod", "--confirm", "acme/dev"], 64, "confirmation-mismatch"),
        (["policy", "aws-kms", "acme/prod", "--principal", "me"], 64, "usage"),
        (["nothing"], 64, "usage"),
        (["decrypt", "/dev/null"], 65, "unknown-format"),
        (["encrypt", "acme/prod", "--log", "missing"], 66, "no-input"),
        (["encrypt", "acme/prod", "--log", "/"], 66, "no-input"),
        (["status", "--socket", "/nowhere/ekmd.sock"], 69, "no-daemon"),
        (["env", "create", "acme/prod"], 73, "environment-exists"),
        (["encrypt", "acme/prod", "--log", "-o", "missing/out"], 73, "cannot-create"),
        (["encrypt", "acme/prod", "--log", "-o", "."], 73, "cannot-create"),
        (["encrypt", "acme/prod", "--log", "-o", "/dev/full"], 74, "input-output"),
        (["env", "show", "acme/dev"], 78, "unknown-environment"),
        (["encrypt", "acme/dev", "--log"], 78, "unknown-environment"),
    ]

    @Test("where an argument is not UTF-8, before it names something else")
    func malformedArgument() async throws {
        let cli = try await CLI()
        for line in ["erase acme/prod --connection $'\\xff' --yes-erase acme/prod", "--json env show $'acme/prod\\xc0'"] {
            let command = try await cli.shell("exec $EKMCTL \(line)")
            #expect(command.ending == .exited(64), "\(command.errors)")
            #expect(command.errors.contains("is not UTF-8; nothing was done"), "\(command.errors)")
        }
    }

    @Test("to a person and, with --json, to a program; by exit codes of sysexits")
    func exitCodes() async throws {
        let cli = try await CLI()
        for (arguments, code, name) in Self.failures {
            let plain = try await cli.run(arguments, input: [1])
            #expect(plain.ending == .exited(code), "\(arguments): \(plain.errors)")
            #expect(!plain.errors.isEmpty && plain.output.isEmpty)
            let json = try await cli.run(["--json"] + arguments, input: [1])
            #expect(json.ending == .exited(code), "\(arguments)")
            let object = try JSONSerialization.jsonObject(with: Data(json.errors.utf8)) as? [String: [String: Any]]
            let error = try #require(object?["error"])
            #expect(error["name"] as? String == name, "\(arguments): \(json.errors)")
            #expect(Set(error.keys) == ["code", "message", "name", "reason", "remedy", "verdict", "verdictAt"])
        }
        #expect(cli.files.isEmpty)
    }

    @Test("77 for what is not granted, and which grant is missing")
    func notGranted() async throws {
        let name = try await Command.run(["id", "-un"]).text.trimmingCharacters(in: .whitespacesAndNewlines)
        let cli = try await CLI(
            settings: "grants: [{ user: \(name), environments: [\"acme/*\"], allow: [encrypt] }]", environments: [])
        for arguments in [["env", "create", "acme/prod"], ["status"], ["root", "export"]] {
            let command = try await cli.run(arguments)
            #expect(command.ending == .exited(77), "\(arguments): \(command.errors)")
        }
    }

    @Test("69 where no daemon runs, with the socket and what to do")
    func noDaemon() async throws {
        let command = try await Command.run([CLI.program, "status"], environment: ["EKM_SOCKET": "/nowhere/ekmd.sock"])
        #expect(command.ending == .exited(69))
        #expect(command.errors.contains("cannot reach ekmd at /nowhere/ekmd.sock"))
        #expect(command.errors.contains("systemctl start ekmd"))
    }

    @Test("and 0 with its help and version")
    func help() async throws {
        for arguments in [["--help"], ["--version"], ["encrypt", "--help"], ["env", "create", "--help"]] {
            #expect(try await Command.run([CLI.program] + arguments).ending == .exited(0))
        }
        let help = try await Command.run([CLI.program, "--help"]).text
        for code in [64, 65, 66, 69, 70, 73, 74, 75, 77, 78] { #expect(help.contains("\(code)  ")) }
    }
}
