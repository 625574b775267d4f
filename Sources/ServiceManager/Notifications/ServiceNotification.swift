/// One thing a service tells its manager (sd_notify(3)).
package enum ServiceNotification: Equatable, Sendable {
    /// Start-up, or a reload, is finished.
    case ready
    /// A reload has begun, at this time on CLOCK_MONOTONIC in microseconds.
    case reloading(monotonicMicroseconds: UInt64)
    /// Shutdown has begun.
    case stopping
    /// The service in words, one line.
    case status(String)
    /// Sign of life.
    case watchdog
    /// Give the shutdown or start-up this much longer, in microseconds.
    case extendTimeout(microseconds: UInt64)

    /// The assignments of the protocol, without a newline at the end.
    var assignments: String {
        switch self {
        case .ready: "READY=1"
        case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
        case .stopping: "STOPPING=1"
        // A newline in the text would begin another assignment.
        case .status(let text): "STATUS=\(String(text.map { $0.isNewline ? " " : $0 }))"
        case .watchdog: "WATCHDOG=1"
        case .extendTimeout(let microseconds): "EXTEND_TIMEOUT_USEC=\(microseconds)"
        }
    }
}
