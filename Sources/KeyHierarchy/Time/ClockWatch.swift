/// Decides whether the wall clock is believed, from what it and the boot clock say; pure, so that tests move both.
///
/// It is believed while it advances as the boot clock does, within a budget for the whole boot. After a jump it is in doubt until it is
/// back where it should be; after a boot with a clock that went back, or that nothing synchronises yet, until that is no longer so; after
/// one that it says took long, whatever the kernel says of it; and in any case until it is accepted.
package struct ClockWatch: Sendable {
    package enum State: Hashable, Sendable {
        case believed
        /// A sentence that says why.
        case doubt(String)
    }

    /// How far the wall clock may stray from the boot clock between two ticks that are kept.
    package static let tolerance: Duration = .seconds(300)
    /// How fast a clock that is kept right may drift from the boot clock: the most that the kernel slews by, in millionths.
    package static let drift: UInt64 = 500
    /// A boot may not seem to have taken longer: nobody can tell a machine that was off from a clock that was led ahead.
    package static let longestBoot: Duration = .seconds(7 * 86_400)
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
        last = reading(now, last)
        return last
    }

    /// Believes the clock as it is now.
    /// - Returns: the tick to keep.
    package mutating func accept(_ now: ClockReading) -> ClockTick {
        let tick = reading(now, nil)
        last = tick
        return tick
    }

    /// The wall time for what must not be fooled by a clock that jumped: in doubt, the last one that was believed and what passed
    /// since then. After a boot nobody knows what passed: then it is never before the last one that was believed.
    package func believedNow(_ now: ClockReading) -> WallTime {
        guard let last else { return now.wallTime }
        guard last.boot == boot else { return max(now.wallTime, last.wallTime) }
        return isNear(now, last) ? now.wallTime : last.own.expected(at: now.bootTime)
    }

    // MARK: Judging

    /// What the clock is judged to be now.
    package func state(_ now: ClockReading) -> State {
        guard let last else { return .believed }
        if last.boot == boot {
            if isNear(now, last) { return .believed }
            if isNear(now, last.own) {
                let anchor = last.measure
                return .doubt(
                    "The wall clock says \(now.wallTime), and was led there in small steps: by the time that passed since \(anchor.wallTime) it should be about \(anchor.expected(at: now.bootTime))."
                )
            }
            return .doubt(
                "The wall clock says \(now.wallTime); by the time that passed since it was last believed it should be about \(last.own.expected(at: now.bootTime))."
            )
        }
        if now.wallTime < last.wallTime {
            return .doubt(
                "The machine was started again, and its clock says \(now.wallTime): before \(last.wallTime), when it was last believed.")
        }
        let atBoot = now.wallTime.advanced(by: .zero - .nanoseconds(Int64(clamping: now.bootTime.nanoseconds)))
        if atBoot > last.wallTime.advanced(by: Self.longestBoot) {
            return .doubt(
                "The machine was started again, and its clock says \(now.wallTime): more than 7 days after \(last.wallTime), when it was last believed. Only somebody who knows the time can tell whether it was off so long."
            )
        }
        if !now.isSynchronised {
            return .doubt("The machine was started again, and nothing has synchronised its clock since; it says \(now.wallTime).")
        }
        return .believed
    }

    /// Whether the clock is where the last tick and the budget of the boot have it.
    private func isNear(_ now: ClockReading, _ last: ClockTick) -> Bool {
        let anchor = last.measure
        let passed = now.bootTime.nanoseconds - min(now.bootTime.nanoseconds, anchor.bootTime.nanoseconds)
        let budget = passed / 1_000_000_000 * Self.drift / 1_000_000
        return isNear(now, last.own) && now.wallTime.distance(to: anchor.expected(at: now.bootTime)) <= Self.seconds + budget
    }

    private func isNear(_ now: ClockReading, _ point: ClockTick.Anchor) -> Bool {
        now.wallTime.distance(to: point.expected(at: now.bootTime)) <= Self.seconds
    }

    private static var seconds: UInt64 { UInt64(tolerance.components.seconds) }

    private func isDue(_ now: ClockReading) -> Bool {
        guard let last, last.boot == boot else { return true }
        return now.bootTime >= last.bootTime.advanced(by: Self.interval)
    }

    /// - Parameter previous: whose boot's anchor still holds; nil: it begins with this one.
    private func reading(_ now: ClockReading, _ previous: ClockTick?) -> ClockTick {
        let anchor = previous.flatMap { $0.boot == boot ? $0.measure : nil }
        return ClockTick(boot: boot, bootTime: now.bootTime, wallTime: now.wallTime, anchor: anchor)
    }
}

extension ClockTick {
    fileprivate var own: Anchor { Anchor(bootTime: bootTime, wallTime: wallTime) }

    fileprivate var measure: Anchor { anchor ?? own }
}

extension ClockTick.Anchor {
    /// What the wall clock should say at an instant of the same boot.
    fileprivate func expected(at instant: BootInstant) -> WallTime {
        let passed = Int64(clamping: instant.nanoseconds) - Int64(clamping: bootTime.nanoseconds)
        return wallTime.advanced(by: .nanoseconds(passed))
    }
}

extension WallTime {
    /// Seconds, in either direction.
    fileprivate func distance(to other: WallTime) -> UInt64 {
        let (off, overflow) = seconds.subtractingReportingOverflow(other.seconds)
        return overflow ? .max : off.magnitude
    }
}
