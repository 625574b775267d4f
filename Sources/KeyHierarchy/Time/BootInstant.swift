/// A point in time that counts suspend; nanoseconds of `CLOCK_BOOTTIME`.
package struct BootInstant: Hashable, Comparable, Sendable {
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    /// This instant moved by `duration`; saturates at both ends.
    package func advanced(by duration: Duration) -> Self {
        let nanoseconds = duration.nanoseconds
        let (sum, overflow) =
            nanoseconds >= 0
            ? self.nanoseconds.addingReportingOverflow(UInt64(nanoseconds))
            : self.nanoseconds.subtractingReportingOverflow(nanoseconds.magnitude)
        guard overflow else { return Self(nanoseconds: sum) }
        return Self(nanoseconds: nanoseconds >= 0 ? .max : 0)
    }

    /// How long until `later`; zero when that has passed.
    package func remaining(until later: Self) -> Duration {
        later > self ? .nanoseconds(Int64(clamping: later.nanoseconds - nanoseconds)) : .zero
    }
}

extension Duration {
    /// Whole nanoseconds, saturating (about 292 years).
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
