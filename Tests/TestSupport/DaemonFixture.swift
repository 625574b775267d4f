import Foundation

/// A real `ekmd` process with its own directory, socket, state and root key. Stopped, and its directory removed, when the last
/// reference goes; killed by the kernel with the test process.
package final class DaemonFixture: Sendable {
    package let directory: TemporaryDirectory
    package let process: ChildProcess
    /// What it told its service manager.
    package let manager: ManagerSocket

    package var socket: String { directory.file("run/ekmd.sock") }
    package var state: String { directory.file("state") }
    package var rootKey: String { directory.file("keys/root.key") }
    package var configuration: String { directory.file("ekmd.yaml") }

    /// Standard error: the log, of earlier daemons in the directory too.
    package var log: String { Self.log(in: directory) }

    package static func log(in directory: TemporaryDirectory) -> String {
        (try? String(contentsOfFile: directory.file("log"), encoding: .utf8)) ?? ""
    }

    /// Starts a daemon, and returns once it is ready.
    /// - Parameters:
    ///   - settings: YAML that is added to the configuration, which holds `socket`, `state` and `root_key`.
    ///   - directory: that of an earlier daemon, whose state is used again; a fresh one when nil.
    ///   - environment: added to a small environment without any AWS settings.
    /// - Throws: with the daemon's own words, when it ends or is not ready in time.
    package static func start(
        settings: String = "", in directory: TemporaryDirectory? = nil, environment: [String: String] = [:],
        timeout: Duration = .seconds(30)
    ) async throws -> DaemonFixture {
        let daemon = try DaemonFixture(settings: settings, in: directory, environment: environment)
        guard try await daemon.manager.wait(for: "READY=1", timeout: timeout, while: { daemon.process.state == nil }) else {
            throw ProcessFailure("ekmd is not ready (\(daemon.process.state.map { "\($0)" } ?? "still running")): \(daemon.log)")
        }
        return daemon
    }

    /// Starts a daemon, ready or not.
    package init(
        settings: String = "", in directory: TemporaryDirectory? = nil, environment: [String: String] = [:], command: [String] = []
    ) throws {
        self.directory = try directory ?? TemporaryDirectory()
        manager = try ManagerSocket(path: self.directory.file("notify-\(UInt32.random(in: 0...UInt32.max))"))
        try Self.write(settings, in: self.directory)
        var variables = [
            "PATH": "/usr/bin:/bin", "HOME": self.directory.path, "NOTIFY_SOCKET": manager.path, "SWIFT_BACKTRACE": "enable=no",
        ]
        variables.merge(Executables.sanitizing) { $1 }
        variables.merge(environment) { $1 }
        process = try ChildProcess(
            command + [Executables.path(of: "ekmd"), "--config", self.directory.file("ekmd.yaml")], environment: variables,
            output: self.directory.file("log"))
    }

    deinit {
        process.stop()
    }

    /// Replaces what was given as `settings`; SIGHUP puts it into effect.
    package func write(settings: String) throws { try Self.write(settings, in: directory) }

    private static func write(_ settings: String, in directory: TemporaryDirectory) throws {
        let text = """
            socket: \(directory.file("run/ekmd.sock"))
            state: \(directory.file("state"))
            root_key: { file: \(directory.file("keys/root.key")) }
            \(settings)

            """
        try text.write(toFile: directory.file("ekmd.yaml"), atomically: true, encoding: .utf8)
    }

    /// SIGHUP; returns when the daemon says that it is ready again.
    package func reload(timeout: Duration = .seconds(10)) async throws {
        let seen = manager.count(of: "READY=1")
        process.signal(SIGHUP)
        guard try await manager.wait(until: { $0.count(of: "READY=1") > seen }, timeout: timeout) else {
            throw ProcessFailure("ekmd did not reload: \(log)")
        }
    }

    /// SIGTERM, and how it ended.
    package func stop(timeout: Duration = .seconds(10)) async throws -> ChildProcess.Ending {
        process.signal(SIGTERM)
        return try await process.wait(timeout: timeout)
    }
}
