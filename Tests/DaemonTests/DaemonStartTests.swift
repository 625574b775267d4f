import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

@Suite("Starting the daemon")
struct DaemonStartTests {
    private static func run(_ arguments: String...) async throws -> Command {
        let environment = ProcessInfo.processInfo.environment.merging(Executables.sanitizing) { $1 }
        return try await Command.run([Executables.path(of: "ekmd")] + arguments, environment: environment)
    }

    /// Every file below a directory, with its bytes.
    private static func contents(of directory: String) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: directory) {
            contents[name] = FileManager.default.contents(atPath: "\(directory)/\(name)") ?? Data()
        }
        return contents
    }

    private static func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    /// Starts a daemon that is to be refused, and tells how.
    private static func refusal(settings: String = "", in directory: TemporaryDirectory) async throws -> (ChildProcess.Ending, String) {
        let before = DaemonFixture.log(in: directory).count
        let daemon = try DaemonFixture(settings: settings, in: directory)
        let ending = try await daemon.process.wait(timeout: .seconds(20))
        #expect(daemon.manager.count(of: "READY=1") == 0)
        return (ending, String(daemon.log.dropFirst(before)))
    }

    @Test("nothing of its own gets the number of a standard descriptor that was closed")
    func closedDescriptors() async throws {
        let daemon = try DaemonFixture(command: ["bash", "-c", #"exec "$@" <&- >&- 2>&-"#, "bash"])
        #expect(try await daemon.manager.wait(for: "READY=1", timeout: .seconds(30), while: { daemon.process.state == nil }))
        for descriptor in 0...2 {
            let path = "/proc/\(daemon.process.identifier)/fd/\(descriptor)"
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "/dev/null")
        }
        #expect(try await daemon.stop() == .exited(0))
    }

    @Test("an argument that is not UTF-8 is refused")
    func malformedArgument() async throws {
        let command = try await Command.run(["bash", "-c", #"exec "$0" --config $'\xff'"#, Executables.path(of: "ekmd")])
        #expect(command.ending == .exited(64), "\(command.errors)")
        #expect(command.errors.contains("is not UTF-8"), "\(command.errors)")
    }

    @Test("READY=1 comes when the socket answers, and the state is closed to others")
    func ready() async throws {
        let daemon = try await DaemonFixture.start()
        let info = try await EKMClient(socketPath: daemon.socket).daemon()
        #expect(info.version == "0.1.0")
        #expect(daemon.manager.status == "no environments yet")
        #expect(try Self.mode(daemon.state) == 0o700)
        #expect(try Self.mode(daemon.rootKey) == 0o600)
        #expect(try Self.mode(daemon.socket) == 0o600)
        #expect(try Self.mode(daemon.state + "/store.sqlite") == 0o600)
    }

    @Test("Until the socket answers it is not ready: a path that nobody can reach refuses the start")
    func notReady() async throws {
        let directory = try TemporaryDirectory()
        _ = FileManager.default.createFile(atPath: directory.file("run"), contents: Data())
        let (ending, log) = try await Self.refusal(in: directory)
        #expect(ending == .exited(73))
        #expect(log.contains("The socket's directory \(directory.path)/run could not be made"))
    }

    @Test("A second daemon on the same state is refused with the first one's number, and the first works on")
    func secondDaemon() async throws {
        let daemon = try await DaemonFixture.start()
        let (ending, log) = try await Self.refusal(in: daemon.directory)
        #expect(ending == .exited(75))
        #expect(log.contains("Process \(daemon.process.identifier) has the key store"))
        try await EKMClient(socketPath: daemon.socket).ping()
    }

    @Test("A second daemon on the same socket is refused")
    func secondSocket() async throws {
        let daemon = try await DaemonFixture.start()
        let other = try TemporaryDirectory()
        let (ending, log) = try await Self.refusal(settings: "", in: other, socket: daemon.socket)
        #expect(ending == .exited(75))
        #expect(log.contains("Another process answers on \(daemon.socket)"))
        try await EKMClient(socketPath: daemon.socket).ping()
    }

    private static func refusal(settings: String, in directory: TemporaryDirectory, socket: String) async throws -> (
        ChildProcess.Ending, String
    ) {
        let text = "socket: \(socket)\nstate: \(directory.file("state"))\nroot_key: { file: \(directory.file("root.key")) }\n\(settings)"
        try text.write(toFile: directory.file("c.yaml"), atomically: true, encoding: .utf8)
        let command = try await run("--config", directory.file("c.yaml"))
        return (command.ending, command.errors)
    }

    /// A state with one environment, and its daemon stopped.
    private static func usedState(isEmptied: Bool = false) async throws -> TemporaryDirectory {
        let daemon = try await DaemonFixture.start()
        let client = EKMClient(socketPath: daemon.socket)
        _ = try await client.createEnvironment("acme/prod")
        if isEmptied { _ = try await client.deleteEnvironment("acme/prod", confirmation: "acme/prod") }
        #expect(try await daemon.stop() == .exited(0))
        return daemon.directory
    }

    @Test("A missing root key refuses the start of a store that is used, or was, and touches nothing", arguments: [false, true])
    func missingRootKey(isEmptied: Bool) async throws {
        let directory = try await Self.usedState(isEmptied: isEmptied)
        try FileManager.default.removeItem(atPath: directory.file("keys/root.key"))
        let before = try Self.contents(of: directory.file("state"))
        let (ending, log) = try await Self.refusal(in: directory)
        #expect(ending == .exited(78))
        #expect(log.contains("There is no root key in \(directory.file("keys/root.key"))"))
        #expect(try Self.contents(of: directory.file("state")) == before)
        #expect(!FileManager.default.fileExists(atPath: directory.file("keys/root.key")))
    }

    @Test("Another root key refuses the start, and touches nothing")
    func wrongRootKey() async throws {
        let directory = try await Self.usedState()
        let path = directory.file("keys/root.key")
        try FileManager.default.removeItem(atPath: path)
        _ = FileManager.default.createFile(
            atPath: path, contents: Data(Data(repeating: 7, count: 32).base64EncodedString().utf8), attributes: [.posixPermissions: 0o600])
        let before = try Self.contents(of: directory.file("state"))
        let (ending, log) = try await Self.refusal(in: directory)
        #expect(ending == .exited(78))
        #expect(log.contains("belongs to root key"))
        #expect(try Self.contents(of: directory.file("state")) == before)
    }

    @Test(
        "A root key that is none, or that others can read, refuses the start",
        arguments: [
            ("short", Data("c2hvcnQ=".utf8), 0o600, "does not hold 32 bytes in base64"),
            ("empty", Data(), 0o600, "does not hold 32 bytes in base64"),
            ("zeros", Data(Data(repeating: 0, count: 32).base64EncodedString().utf8), 0o600, "is nothing but zeros"),
            ("open", Data(Data(repeating: 7, count: 32).base64EncodedString().utf8), 0o640, "has mode 640"),
            ("executable", Data(Data(repeating: 7, count: 32).base64EncodedString().utf8), 0o700, "has mode 700"),
        ])
    func badRootKey(name: String, content: Data, mode: Int, message: String) async throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory.file("keys"), withIntermediateDirectories: false)
        _ = FileManager.default.createFile(
            atPath: directory.file("keys/root.key"), contents: content, attributes: [.posixPermissions: mode])
        let (ending, log) = try await Self.refusal(in: directory)
        #expect(ending == .exited(78), "\(name)")
        #expect(log.contains(message))
        #expect(!FileManager.default.fileExists(atPath: directory.file("state/store.sqlite")))
    }

    @Test("What was stored is there after a restart, and the root key is the same")
    func restart() async throws {
        let first = try await DaemonFixture.start()
        let client = EKMClient(socketPath: first.socket)
        _ = try await client.createEnvironment("acme/prod")
        let sealed = try await client.encrypt(Array("datum".utf8), environment: "acme/prod", scope: .job("42"))
        #expect(try await first.stop() == .exited(0))
        let second = try await DaemonFixture.start(in: first.directory)
        #expect(second.manager.status == "1 environment: 1 unproved")
        let opened = try await EKMClient(socketPath: second.socket).decrypt(sealed.ciphertext)
        #expect(opened.plaintext == Array("datum".utf8))
    }

    @Test("The root key can be a credential that the service manager passes")
    func credential() async throws {
        let directory = try TemporaryDirectory()
        try (Data(repeating: 9, count: 32).base64EncodedString() + "\n").write(
            toFile: directory.file("ekmd.root"), atomically: true, encoding: .utf8)
        let text = "socket: \(directory.file("s"))\nstate: \(directory.file("state"))\nroot_key: { credential: ekmd.root }\n"
        try text.write(toFile: directory.file("c.yaml"), atomically: true, encoding: .utf8)
        let manager = try ManagerSocket(path: directory.file("n"))
        let process = try ChildProcess(
            [Executables.path(of: "ekmd"), "--config", directory.file("c.yaml")],
            environment: ["NOTIFY_SOCKET": manager.path, "CREDENTIALS_DIRECTORY": directory.path, "PATH": "/usr/bin:/bin"].merging(
                Executables.sanitizing
            ) { $1 },
            output: directory.file("log"))
        #expect(try await manager.wait(for: "READY=1"))
        process.signal(SIGTERM)
        #expect(try await process.wait() == .exited(0))
        let missing = try await Command.run(
            [Executables.path(of: "ekmd"), "--config", directory.file("c.yaml")],
            environment: ["CREDENTIALS_DIRECTORY": "/nonexistent", "PATH": "/usr/bin:/bin"].merging(Executables.sanitizing) { $1 })
        #expect(missing.ending == .exited(78))
        #expect(missing.errors.contains("passed no credential 'ekmd.root'"))
    }

    @Test("--check-config tells the effective configuration, or what is wrong and where, and starts nothing")
    func checkConfiguration() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("ekmd.yaml")
        try "state: \(directory.file("state"))\ncache: { ttl: 90s }\n".write(toFile: path, atomically: true, encoding: .utf8)
        let right = try await Self.run("--config", path, "--check-config")
        #expect(right.ending == .exited(0))
        #expect(right.text.contains("cache: { ttl: 90s, on_restriction: expire }"))
        #expect(!FileManager.default.fileExists(atPath: directory.file("state")))

        try "cache:\n  tll: 90s\n".write(toFile: path, atomically: true, encoding: .utf8)
        let wrong = try await Self.run("--config", path, "--check-config")
        #expect(wrong.ending == .exited(78))
        #expect(wrong.errors == "\(path):2:3: unknown key 'tll' in 'cache'; known: on_restriction, ttl\n")
        #expect(try await Self.run("--config", path).ending == .exited(78))
    }

    @Test("--version tells it; what is no option is wrong usage")
    func commandLine() async throws {
        #expect(try await Self.run("--version").text == "0.1.0\n")
        #expect(try await Self.run("--nonsense").ending == .exited(64))
    }

    @Test("A thousand environments are ready soon: within 3 seconds as a debug build on a busy machine")
    func thousandEnvironments() async throws {
        let first = try await DaemonFixture.start()
        let client = EKMClient(socketPath: first.socket)
        try await withThrowingTaskGroup { group in
            for part in 0..<8 {
                group.addTask {
                    for index in 0..<125 { _ = try await client.createEnvironment("w\(part)/e\(index)", timeout: .seconds(60)) }
                }
            }
            try await group.waitForAll()
        }
        client.close()
        #expect(try await first.stop() == .exited(0))
        let clock = ContinuousClock()
        let began = clock.now
        let second = try await DaemonFixture.start(in: first.directory)
        let time = began.duration(to: clock.now)
        #expect(second.manager.status == "1000 environments: 1000 unproved")
        #expect(time < .seconds(3))
        print("ready with 1,000 environments after \(time)")
    }
}
