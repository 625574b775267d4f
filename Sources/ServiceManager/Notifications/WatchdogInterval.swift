import CSystemd

/// How long the manager waits for a sign of life before it restarts the service.
package struct WatchdogInterval: Equatable, Sendable {
    /// In microseconds; above 0.
    package let microseconds: UInt64

    package init(microseconds: UInt64) {
        self.microseconds = microseconds
    }

    /// What `$WATCHDOG_USEC` says for this process (sd_watchdog_enabled(3)); nil where no sign of life is asked for.
    package init?(fromEnvironment: Void = ()) {
        var microseconds: UInt64 = 0
        guard unsafe sd_watchdog_enabled(0, &microseconds) > 0, microseconds > 0 else { return nil }
        self.microseconds = microseconds
    }

    /// How often to send one: half the interval is what systemd recommends, a third leaves room for one that comes late.
    package var period: Duration { .microseconds(Int64(clamping: max(1, microseconds / 3))) }
}
