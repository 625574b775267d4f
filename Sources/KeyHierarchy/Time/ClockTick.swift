/// Both clocks at one moment, kept so that a later start can tell whether the wall clock jumped meanwhile.
package struct ClockTick: Hashable, Sendable {
    /// The kernel's id of this boot, 36 characters.
    package var boot: String
    package var bootTime: BootInstant
    /// The wall time that is believed then.
    package var wallTime: WallTime
    /// Where this boot's belief began; nil: with this tick.
    package var anchor: Anchor?

    /// What the wall clock is measured against for as long as a boot lasts.
    package struct Anchor: Hashable, Sendable {
        package var bootTime: BootInstant
        package var wallTime: WallTime

        package init(bootTime: BootInstant, wallTime: WallTime) {
            self.bootTime = bootTime
            self.wallTime = wallTime
        }
    }

    package init(boot: String, bootTime: BootInstant, wallTime: WallTime, anchor: Anchor? = nil) {
        self.anchor = anchor
        self.boot = boot
        self.bootTime = bootTime
        self.wallTime = wallTime
    }
}
