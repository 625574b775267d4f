import Foundation

/// Where emulators are installed, once for all test runs of a user.
///
/// `EKM_TEST_CACHE`, else `$XDG_CACHE_HOME/ekmd-tests`, else `~/.cache/ekmd-tests`.
struct EmulatorCache: Sendable {
    let path: String

    init() throws {
        let environment = ProcessInfo.processInfo.environment
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        path =
            variable("EKM_TEST_CACHE") ?? variable("XDG_CACHE_HOME").map { "\($0)/ekmd-tests" }
            ?? "\(NSHomeDirectory())/.cache/ekmd-tests"
        do {
            try FileManager.default.createDirectory(atPath: "\(path)/run", withIntermediateDirectories: true)
        } catch {
            throw ProcessFailure("cannot make \(path), where emulators are installed (EKM_TEST_CACHE chooses another): \(error)")
        }
    }

    /// A Python environment with `packages` in it, which is installed if it is not there yet.
    ///
    /// Installers that run at the same time wait for each other on a file lock. A marker, written last, tells a whole installation
    /// from one that was broken off: environments hold absolute paths, so they cannot be renamed into place.
    func environment(named name: String, python: Python, packages: [String]) throws -> String {
        let directory = "\(path)/\(name)-python\(python.version)"
        let marker = "\(directory)/installed"
        let wanted = packages.joined(separator: "\n")
        let lock = open("\(directory).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
            throw ProcessFailure("cannot lock \(directory).lock: \(String(cString: strerror(errno)))")
        }
        defer { close(lock) }
        if (try? String(contentsOfFile: marker, encoding: .utf8)) == wanted { return directory }
        try? FileManager.default.removeItem(atPath: directory)
        for step in [
            [python.executable, "-m", "venv", directory],
            ["\(directory)/bin/python", "-m", "pip", "-q", "--disable-pip-version-check", "install"] + packages,
        ] {
            let command = try Command.runBlocking(step, timeout: .seconds(600))
            guard command.succeeded else {
                throw ProcessFailure("\(step.joined(separator: " ")) failed: \(command.errors.suffix(800))")
            }
        }
        try wanted.write(toFile: marker, atomically: true, encoding: .utf8)
        return directory
    }

    /// A fresh directory for one run of an emulator. Those of test processes that are gone are removed first.
    func runDirectory(for name: String) throws -> String {
        let files = FileManager.default
        for entry in (try? files.contentsOfDirectory(atPath: "\(path)/run")) ?? [] {
            guard let owner = entry.split(separator: "-").last.flatMap({ pid_t($0) }), owner != getpid() else { continue }
            if kill(owner, 0) != 0 && errno == ESRCH { try? files.removeItem(atPath: "\(path)/run/\(entry)") }
        }
        let directory = "\(path)/run/\(name)-\(getpid())"
        try? files.removeItem(atPath: directory)
        try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return directory
    }
}
