/// Both clocks at one moment, kept so that a later start can tell whether the wall clock jumped meanwhile.
package struct ClockTick: Hashable, Sendable {
    /// The kernel's id of this boot, 36 characters.
    package var boot: String
    package var bootTime: BootInstant
    /// The wall time that is believed then.
    package var wallTime: WallTime

    package init(boot: String, bootTime: BootInstant, wallTime: WallTime) {
        self.boot = boot
        self.bootTime = bootTime
        self.wallTime = wallTime
    }
}
