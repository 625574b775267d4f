import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

@Suite("The units, and what systemd's own tools say")
struct SystemdUnitTests {
    /// The unit with its program where the tests built it, as it need not be installed.
    private static func units(in directory: TemporaryDirectory) throws -> [String] {
        try ["ekmd.service", "ekmd.socket"].map { name in
            let text = try String(contentsOfFile: "\(RepositoryRoot.path)/systemd/\(name)", encoding: .utf8)
            let path = directory.file(name)
            try text.replacingOccurrences(of: "/usr/bin/ekmd", with: Executables.path(of: "ekmd")).write(
                toFile: path, atomically: true, encoding: .utf8)
            return path
        }
    }

    @Test("systemd-analyze verify finds nothing to say about the units")
    func verify() async throws {
        let directory = try TemporaryDirectory()
        let command = try await Command.run(["systemd-analyze", "verify", "--man=no"] + Self.units(in: directory))
        #expect(command.ending == .exited(0))
        // It returns 0 on unknown keys, and prints them.
        #expect(command.text == "")
        #expect(command.errors == "")
    }

    @Test("The service is exposed to little: 2.0 of 10 at most")
    func security() async throws {
        let command = try await Command.run([
            "systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", "\(RepositoryRoot.path)/systemd/ekmd.service",
        ])
        #expect(command.ending == .exited(0), "\(command.text.split(separator: "\n").last ?? "")")
    }

    @Test("A socket that the service manager made is served, and stays when the daemon ends")
    func activation() async throws {
        let directory = try TemporaryDirectory()
        let manager = try ManagerSocket(path: directory.file("notify"))
        let socket = directory.file("passed.sock")
        let text = """
            socket: \(directory.file("own.sock"))
            state: \(directory.file("state"))
            root_key: { file: \(directory.file("root.key")) }
            """
        try text.write(toFile: directory.file("c.yaml"), atomically: true, encoding: .utf8)
        // A real socket activation, by systemd's own tool: it starts the daemon when somebody connects.
        let process = try ChildProcess(
            [
                "systemd-socket-activate", "-l", socket, "-E", "NOTIFY_SOCKET=\(manager.path)", "-E", "ASAN_OPTIONS=detect_leaks=0",
                Executables.path(of: "ekmd"), "--config",
                directory.file("c.yaml"),
            ], environment: ["PATH": "/usr/bin:/bin", "HOME": directory.path], output: directory.file("log"))
        let client = EKMClient(socketPath: socket, options: ClientOptions(timeout: .seconds(20)))
        try await blocking {
            for _ in 0..<2_500 where !FileManager.default.fileExists(atPath: socket) { usleep(2_000) }
        }
        try await client.ping()
        #expect(try await manager.wait(for: "READY=1"))
        #expect(try await client.status().socket == socket)
        #expect(!FileManager.default.fileExists(atPath: directory.file("own.sock")))
        process.signal(SIGTERM)
        #expect(try await process.wait(timeout: .seconds(5)) == .exited(0))
        #expect(FileManager.default.fileExists(atPath: socket))
    }
}
