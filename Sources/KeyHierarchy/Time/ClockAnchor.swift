/// A moment of one boot at which the wall clock was believed, and from which it is judged.
package struct ClockAnchor: Hashable, Sendable {
    package var bootTime: BootInstant
    package var wallTime: WallTime

    package init(bootTime: BootInstant, wallTime: WallTime) {
        self.bootTime = bootTime
        self.wallTime = wallTime
    }

    /// How far the wall clock may stray from the boot clock, besides what it drifts.
    package static let tolerance: Duration = .seconds(300)
    /// In this time it may drift by a second, which is 500 ppm: the most that the kernel slews it by.
    package static let secondOfDrift: Duration = .seconds(2000)

    /// What the wall clock should say at an instant of the same boot.
    package func expected(at instant: BootInstant) -> WallTime {
        let passed = Int64(clamping: instant.nanoseconds) - Int64(clamping: bootTime.nanoseconds)
        return wallTime.advanced(by: .nanoseconds(passed))
    }

    /// Whether the wall clock is where it should be at a moment of the same boot.
    package func allows(_ now: ClockReading) -> Bool {
        let (off, overflow) = now.wallTime.seconds.subtractingReportingOverflow(expected(at: now.bootTime).seconds)
        let drift = bootTime.remaining(until: now.bootTime).components.seconds / Self.secondOfDrift.components.seconds
        return !overflow && off.magnitude <= UInt64(Self.tolerance.components.seconds + drift)
    }
}
