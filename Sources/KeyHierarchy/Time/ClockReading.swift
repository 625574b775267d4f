/// Both clocks at one moment of this boot, and what the kernel says of the wall clock.
package struct ClockReading: Hashable, Sendable {
    package var bootTime: BootInstant
    package var wallTime: WallTime
    /// Whether a time service keeps the wall clock, by the kernel's own account.
    package var isSynchronised: Bool

    package init(bootTime: BootInstant, wallTime: WallTime, isSynchronised: Bool) {
        self.bootTime = bootTime
        self.wallTime = wallTime
        self.isSynchronised = isSynchronised
    }
}
