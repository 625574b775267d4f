/// Both clocks at one moment, kept so that a later start can tell whether the wall clock jumped meanwhile.
package struct ClockTick: Hashable, Sendable {
    /// The kernel's id of this boot, 36 characters.
    package var boot: String
    package var bootTime: BootInstant
    /// The wall time that is believed then; where it is only a bound, the least that it can be.
    package var wallTime: WallTime
    /// Whether the clock was not believed in this boot yet.
    package var isBound: Bool
    /// Where the budget of this boot began: it does not move with the ticks, so that many small steps are seen for what they are together.
    package var anchor: ClockAnchor

    /// - Parameter anchor: nil for a tick that is its own, as the first of a boot is.
    package init(boot: String, bootTime: BootInstant, wallTime: WallTime, anchor: ClockAnchor? = nil, isBound: Bool = false) {
        self.boot = boot
        self.bootTime = bootTime
        self.wallTime = wallTime
        self.anchor = anchor ?? ClockAnchor(bootTime: bootTime, wallTime: wallTime)
        self.isBound = isBound
    }

    /// The tick itself, as something to judge by.
    var moment: ClockAnchor { ClockAnchor(bootTime: bootTime, wallTime: wallTime) }
}
