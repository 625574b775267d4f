import Foundation

/// A process in a group of its own, killed by the kernel when the test process ends, however it ends.
///
/// Its output goes to a file, so it never waits for a reader.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    package let identifier: Int32
    private let name: String
    private let ending = Guarded<Ending?>(nil)

    /// Starts `command`, whose first word is an absolute path or is looked up in PATH.
    ///
    /// - Parameters:
    ///   - environment: all of its environment; the test process's own when nil.
    ///   - input: the file it reads as its standard input.
    ///   - output: the file that its standard output is written to; `/dev/null` when nil.
    ///   - errors: the file that its standard error is appended to; where `output` goes when nil.
    package init(
        _ command: [String], environment: [String: String]? = nil, directory: String? = nil, input: String = "/dev/null",
        output: String? = nil, errors: String? = nil
    ) throws {
        name = command.first ?? ""
        let words = ["setpriv", "--pdeathsig", "KILL", "--"] + (directory.map { ["env", "-C", $0] } ?? []) + command
        let variables = (environment ?? ProcessInfo.processInfo.environment).map { "\($0.key)=\($0.value)" }
        identifier = try SpawningThread.shared.run {
            try ChildProcess.spawn(words, variables, input: input, output: output ?? "/dev/null", errors: errors)
        }
        ProcessGroups.shared.insert(identifier)
    }

    deinit {
        stop(grace: .zero)
    }

    /// How it ended; nil while it runs.
    package var state: Ending? {
        ending.with { ending in
            if ending != nil { return ending }
            var status: Int32 = 0
            guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
            ProcessGroups.shared.remove(identifier)
            let signal = status & 0x7f
            ending = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
            return ending
        }
    }

    package func signal(_ signal: Int32) {
        guard state == nil else { return }
        kill(identifier, signal)
    }

    /// Blocks until the process has ended; nil when it still runs after `timeout`.
    package func waitBlocking(timeout: Duration) -> Ending? {
        let deadline = ContinuousClock.now + timeout
        while true {
            if let state { return state }
            if ContinuousClock.now >= deadline { return nil }
            usleep(2_000)
        }
    }

    /// How the process ended; throws when it still runs after `timeout`.
    package func wait(timeout: Duration = .seconds(30)) async throws -> Ending {
        try await blocking {
            guard let ending = self.waitBlocking(timeout: timeout) else {
                throw ProcessFailure("\(self.name) still runs after \(timeout)")
            }
            return ending
        }
    }

    /// Asks the process to end, waits for `grace`, then kills its whole group.
    package func stop(grace: Duration = .seconds(5)) {
        if grace > .zero {
            signal(SIGTERM)
            _ = waitBlocking(timeout: grace)
        }
        guard state == nil else { return }
        kill(-identifier, SIGKILL)
        _ = waitBlocking(timeout: .seconds(5))
    }

    private static func spawn(
        _ words: [String], _ variables: [String], input: String, output: String, errors: String?
    ) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let writing = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, writing, 0o600)
        if let errors {
            posix_spawn_file_actions_addopen(&actions, 2, errors, writing, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        // NIO accepts connections without close-on-exec; one that a child holds open does not end when the test closes it.
        // Glibc has the call, its Swift module has not.
        typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt
        if let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") {
            _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, 3)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for word in arguments + environment { free(word) } }
        var identifier: pid_t = 0
        let code = posix_spawnp(&identifier, words[0], &actions, &attributes, &arguments, &environment)
        guard code == 0 else {
            throw ProcessFailure("cannot start \(words.joined(separator: " ")): \(String(cString: strerror(code)))")
        }
        return identifier
    }
}
