import Bedrock
import Dispatch
import Glibc

/// A file under a temporary name, removed when the process is told to end before it was renamed.
final class PendingFile {
    private let path: Lock<String?>
    private var sources: [any DispatchSourceSignal] = []

    init(_ path: String) {
        let held = Lock<String?>(path)
        self.path = held
        for number in SignalGuard.ending {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler { @Sendable in
                held.withLock { Self.remove(&$0) }
                // As if nothing had been caught: the shell is to see the signal.
                signal(number, SIG_DFL)
                kill(getpid(), number)
            }
            source.activate()
            sources.append(source)
        }
    }

    func remove() { path.withLock { Self.remove(&$0) } }

    /// - Returns: an error number, or nil.
    func rename(to target: String) -> Int32? {
        path.withLock { path in
            guard let pending = path else { return ENOENT }
            guard unsafe Glibc.rename(pending, target) == 0 else { return errno }
            path = nil
            return nil
        }
    }

    private static func remove(_ path: inout String?) {
        if let pending = path { unsafe unlink(pending) }
        path = nil
    }
}
