/// Decides whether the wall clock is believed, from what it and the boot clock say; pure, so that tests move both.
///
/// It is believed while it advances as the boot clock does. After a jump it is in doubt until it is back where it should be; after
/// a boot with a clock that went back, or that nothing synchronises yet, until that is no longer so; and in either case until it is accepted.
package struct ClockWatch: Sendable {
    package enum State: Hashable, Sendable {
        case believed
        /// A sentence that says why.
        case doubt(String)
    }

    /// How far the wall clock may stray from the boot clock between two ticks that are kept.
    package static let tolerance: Duration = .seconds(300)
    /// How often a tick is kept.
    package static let interval: Duration = .seconds(60)

    private let boot: String
    /// The last reading that was believed, of this boot or an earlier one; nil at the very first start.
    private var last: ClockTick?

    /// - Parameters:
    ///   - previous: the tick that was kept last.
    ///   - boot: the kernel's id of this boot.
    package init(previous: ClockTick?, boot: String) {
        self.boot = boot
        last = previous
    }

    /// Goes on from here, if the clock is believed now.
    /// - Returns: the tick to keep, if one is due; never one that is in doubt.
    package mutating func tick(_ now: ClockReading) -> ClockTick? {
        guard state(now) == .believed, isDue(now) else { return nil }
        last = reading(now)
        return last
    }

    /// Believes the clock as it is now.
    /// - Returns: the tick to keep.
    package mutating func accept(_ now: ClockReading) -> ClockTick {
        let tick = reading(now)
        last = tick
        return tick
    }

    /// The wall time for what must not be fooled by a clock that jumped: in doubt, the last one that was believed and what passed
    /// since then. After a boot nobody knows what passed: then it is never before the last one that was believed.
    package func believedNow(_ now: ClockReading) -> WallTime {
        guard let last else { return now.wallTime }
        guard last.boot == boot else { return max(now.wallTime, last.wallTime) }
        return isNear(now, last) ? now.wallTime : last.expected(at: now.bootTime)
    }

    // MARK: Judging

    /// What the clock is judged to be now.
    package func state(_ now: ClockReading) -> State {
        guard let last else { return .believed }
        if last.boot == boot {
            if isNear(now, last) { return .believed }
            return .doubt(
                "The wall clock says \(now.wallTime); by the time that passed since it was last believed it should be about \(last.expected(at: now.bootTime))."
            )
        }
        if now.wallTime < last.wallTime {
            return .doubt(
                "The machine was started again, and its clock says \(now.wallTime): before \(last.wallTime), when it was last believed.")
        }
        if !now.isSynchronised {
            return .doubt("The machine was started again, and nothing has synchronised its clock since; it says \(now.wallTime).")
        }
        return .believed
    }

    private func isNear(_ now: ClockReading, _ last: ClockTick) -> Bool {
        let (off, overflow) = now.wallTime.seconds.subtractingReportingOverflow(last.expected(at: now.bootTime).seconds)
        return !overflow && off.magnitude <= UInt64(Self.tolerance.components.seconds)
    }

    private func isDue(_ now: ClockReading) -> Bool {
        guard let last, last.boot == boot else { return true }
        return now.bootTime >= last.bootTime.advanced(by: Self.interval)
    }

    private func reading(_ now: ClockReading) -> ClockTick { ClockTick(boot: boot, bootTime: now.bootTime, wallTime: now.wallTime) }
}

extension ClockTick {
    /// What the wall clock should say at an instant of the same boot.
    fileprivate func expected(at instant: BootInstant) -> WallTime {
        let passed = Int64(clamping: instant.nanoseconds) - Int64(clamping: bootTime.nanoseconds)
        return wallTime.advanced(by: .nanoseconds(passed))
    }
}
