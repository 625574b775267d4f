import CLinux
import Glibc

/// Ctrl-C, as something that a long command waits for between two looks.
///
/// The signals are held back from every thread that is made afterwards, so this comes before the client connects.
struct Interrupts {
    private var signals = sigset_t()

    init() {
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits so long, in milliseconds, or until the command is to end.
    /// - Returns: whether it is to end.
    mutating func wait(milliseconds: Int) -> Bool {
        var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        return unsafe sigtimedwait(&signals, nil, &time) > 0
    }

    /// Lets a program that is started next see them again.
    static func release() {
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
    }
}
