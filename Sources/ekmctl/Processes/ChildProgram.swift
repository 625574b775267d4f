import CLinux
import Glibc

/// A program that ekmctl starts; its output goes to standard error, or into a file that is read afterwards.
struct ChildProgram: ~Copyable {
    private let process: pid_t
    private let isApart: Bool
    private var ending: Int32?

    /// - Parameters:
    ///   - path: without a slash, it is looked for in PATH.
    ///   - output: a descriptor for its standard output and error.
    ///   - isApart: Whether it gets a process group of its own: no Ctrl-C of the terminal reaches it, and where it is killed, all that it
    ///     started goes with it.
    /// - Throws: nothing is started then.
    init(_ path: String, _ arguments: [String], output: Int32 = STDERR_FILENO, isApart: Bool = false) throws(Failure) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        // It sees the signals that ekmctl holds back or ignores.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigemptyset(&all)
        for signal in [SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&all, signal) }
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        let group = isApart ? POSIX_SPAWN_SETPGROUP : 0
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))
        var vector = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe vector.indices { unsafe free(vector[index]) } }
        var process: pid_t = 0
        let error = unsafe posix_spawnp(&process, path, &actions, &attributes, &vector, environ)
        guard error == 0 else {
            throw Failure(.noInput, "cannot-run", "cannot run \(path): \(unsafe String(cString: strerror(error)))")
        }
        self.process = process
        self.isApart = isApart
    }

    /// The exit code, 128 and the signal that ended it, or nil while it runs.
    mutating func status() -> Int32? {
        if let ending { return ending }
        var status: Int32 = 0
        let reaped = unsafe waitpid(process, &status, WNOHANG)
        guard reaped == process else { return nil }
        let signal = status & 0x7F
        ending = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        return ending
    }

    /// Waits for its end; after so many milliseconds it is killed, and with it its group where that is its own.
    /// - Parameter milliseconds: Nil to wait however long it takes.
    mutating func wait(milliseconds: Int?) -> Int32? {
        var waited = 0
        while milliseconds.map({ waited < $0 }) ?? true {
            if let status = status() { return status }
            usleep(5000)
            waited += 5
        }
        if ending == nil { kill(isApart ? -process : process, SIGKILL) }
        while ending == nil, status() == nil { usleep(1000) }
        return nil
    }
}
