import CLinux
import Glibc

/// Holds back the signals that end a process.
enum SignalGuard {
    static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// Runs `body`; a signal that comes meanwhile takes effect afterwards.
    static func withoutSignals<R>(_ body: () -> R) -> R {
        var held = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&held)
        for signal in ending { unsafe sigaddset(&held, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &held, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        return body()
    }
}
