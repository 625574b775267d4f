import Glibc

/// The signals that the daemon obeys, taken one by one by its main thread; no handler ever runs.
struct SignalInbox {
    enum Signal: Sendable {
        case stop, reload
    }

    /// Blocks the signals for this thread and those that it will start. Call before any other thread is there.
    init() {
        var signals = Self.obeyed
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        // A client that goes away while it is answered is an error number, not the end.
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// The next signal; nil where none comes in that time, or something else woke the thread.
    func next(within time: Duration) -> Signal? {
        var signals = Self.obeyed
        let (seconds, attoseconds) = max(time, .zero).components
        var timeout = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        return switch unsafe sigtimedwait(&signals, nil, &timeout) {
        case SIGTERM, SIGINT: .stop
        case SIGHUP: .reload
        default: nil
        }
    }

    private static var obeyed: sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&signals, number) }
        return signals
    }
}
