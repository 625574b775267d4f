/// Decides whether the wall clock is believed, from what it and the boot clock say; pure, so that tests move both.
///
/// It is believed while it advances as the boot clock does, since the last tick and since the anchor of this boot: that one stays where
/// it is, so that many small steps count as what they are together. After a jump, or once led away, it is in doubt until it is back where
/// it should be; after a boot with a clock that went back, or that nothing synchronises yet, until that is no longer so; after one by
/// which the machine was off for more than ``longestOff``, whatever synchronises it; and always until it is accepted.
package struct ClockWatch: Sendable {
    package enum State: Hashable, Sendable {
        case believed
        /// A sentence that says why.
        case doubt(String)
    }

    /// How often a tick is kept.
    package static let interval: Duration = .seconds(60)
    /// How long a machine may have been off, by a clock that is synchronised, without anyone being asked.
    package static let longestOff: Duration = .seconds(7 * 86_400)

    private let boot: String
    /// The last reading that was believed, of this boot or an earlier one, or the bound that was kept since; nil at the very first start.
    private var last: ClockTick?
    /// When that was kept last.
    private var bounded: BootInstant?

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
        last = reading(now, anchor: last.flatMap { isOfThisBoot($0) ? $0.anchor : nil })
        return last
    }

    /// While the clock is in doubt: what it should say by now, or, where it was not believed in this boot yet, the least that it can be.
    /// Kept, it tells the next boot of a clock that is behind.
    /// - Returns: the tick to keep, if one is due.
    package mutating func bound(_ now: ClockReading) -> ClockTick? {
        guard let last, state(now) != .believed else { return nil }
        let kept = bounded ?? (last.boot == boot ? last.bootTime : nil)
        if let kept, now.bootTime < kept.advanced(by: Self.interval) { return nil }
        bounded = now.bootTime
        guard isOfThisBoot(last) else {
            return ClockTick(boot: boot, bootTime: now.bootTime, wallTime: last.atLeast(now, in: boot), isBound: true)
        }
        return ClockTick(boot: boot, bootTime: now.bootTime, wallTime: last.moment.expected(at: now.bootTime), anchor: last.anchor)
    }

    /// Believes the clock as it is now, and judges from here on.
    /// - Returns: the tick to keep.
    package mutating func accept(_ now: ClockReading) -> ClockTick {
        let tick = reading(now, anchor: nil)
        last = tick
        return tick
    }

    /// The wall time for what must not be fooled by a clock that jumped: in doubt, the last one that was believed and what passed
    /// since then. After a boot nobody knows what passed: then it is never before the last one that was believed and what this boot
    /// has lasted since, and where the clock is far ahead of that, it is that.
    package func believedNow(_ now: ClockReading) -> WallTime {
        guard let last else { return now.wallTime }
        guard isOfThisBoot(last) else {
            let least = last.atLeast(now, in: boot)
            if state(now) == .believed { return now.wallTime }
            return isFarAhead(now, of: last) ? least : max(now.wallTime, least)
        }
        return last.moment.allows(now) && last.anchor.allows(now) ? now.wallTime : last.moment.expected(at: now.bootTime)
    }

    // MARK: Judging

    /// What the clock is judged to be now.
    package func state(_ now: ClockReading) -> State {
        guard let last else { return .believed }
        return isOfThisBoot(last) ? state(now, inBootOf: last) : state(now, afterBootOf: last)
    }

    private func state(_ now: ClockReading, inBootOf last: ClockTick) -> State {
        if !last.moment.allows(now) {
            return .doubt(
                "The wall clock says \(now.wallTime); by the time that passed since it was last believed it should be about \(last.moment.expected(at: now.bootTime))."
            )
        }
        if !last.anchor.allows(now) {
            return .doubt(
                "The wall clock says \(now.wallTime); by the time that passed since \(last.anchor.wallTime) it should be about \(last.anchor.expected(at: now.bootTime)): it was led away in small steps."
            )
        }
        return .believed
    }

    private func state(_ now: ClockReading, afterBootOf last: ClockTick) -> State {
        let whence = last.isBound ? "the least that it could be when it was last looked at" : "when it was last believed"
        if now.wallTime < last.wallTime, !last.isBound {
            return .doubt("The machine was started again, and its clock says \(now.wallTime): before \(last.wallTime), \(whence).")
        }
        if now.wallTime < last.atLeast(now, in: boot), !last.leastSince(boot).allows(now) {
            return .doubt(
                "The machine was started again, and its clock says \(now.wallTime): that is less after \(last.wallTime), \(whence), than the machine has been on since."
            )
        }
        if isFarAhead(now, of: last) {
            return .doubt(
                "The machine was started again, and its clock says \(now.wallTime): the machine would have been off for more than 7 days since \(last.wallTime), \(whence)."
            )
        }
        if !now.isSynchronised {
            return .doubt("The machine was started again, and nothing has synchronised its clock since; it says \(now.wallTime).")
        }
        return .believed
    }

    /// Whether the machine was off for too long to be believed, by a clock of a later boot. What it has been on since then is known.
    private func isFarAhead(_ now: ClockReading, of last: ClockTick) -> Bool {
        let (off, overflow) = now.wallTime.seconds.subtractingReportingOverflow(last.atLeast(now, in: boot).seconds)
        return overflow ? now.wallTime > last.wallTime : off > Self.longestOff.components.seconds
    }

    /// Whether the clock was believed in this boot.
    private func isOfThisBoot(_ tick: ClockTick) -> Bool { tick.boot == boot && !tick.isBound }

    private func isDue(_ now: ClockReading) -> Bool {
        guard let last, isOfThisBoot(last) else { return true }
        return now.bootTime >= last.bootTime.advanced(by: Self.interval)
    }

    private func reading(_ now: ClockReading, anchor: ClockAnchor?) -> ClockTick {
        ClockTick(boot: boot, bootTime: now.bootTime, wallTime: now.wallTime, anchor: anchor)
    }
}

extension ClockTick {
    /// The earliest that it can have been at a moment of `boot`: of the tick itself, or of the start of a later boot.
    fileprivate func leastSince(_ boot: String) -> ClockAnchor {
        boot == self.boot ? moment : ClockAnchor(bootTime: BootInstant(nanoseconds: 0), wallTime: wallTime)
    }

    /// The earliest that it can be now, in `boot`.
    fileprivate func atLeast(_ now: ClockReading, in boot: String) -> WallTime { leastSince(boot).expected(at: now.bootTime) }
}
