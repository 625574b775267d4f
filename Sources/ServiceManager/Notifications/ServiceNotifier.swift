import CLinux
import CSystemd
import Glibc

/// Tells the service manager about this process; silent where none listens (`$NOTIFY_SOCKET` unset).
package struct ServiceNotifier: Sendable {
    package init() {}

    /// Sends these together, in one datagram.
    ///
    /// - Returns: whether a manager was there to hear it.
    /// - Throws: `.notification` where `$NOTIFY_SOCKET` names a socket that does not take it.
    @discardableResult
    package func send(_ notifications: ServiceNotification...) throws(ServiceManagerError) -> Bool {
        let text = notifications.map(\.assignments).joined(separator: "\n")
        let result = unsafe sd_notify(0, text)
        guard result >= 0 else {
            throw ServiceManagerError(
                .notification,
                "The service manager could not be told \(notifications.first?.assignments ?? ""): \(systemErrorText(-result)). "
                    + "Check that $NOTIFY_SOCKET names its socket and that this process may write to it.")
        }
        return result > 0
    }

    /// Now on CLOCK_MONOTONIC, in microseconds, as `reloading` wants it.
    package static func monotonicMicroseconds() -> UInt64 {
        var now = timespec()
        // Cannot fail: the clock exists on every Linux.
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000
    }
}
