import KeyHierarchy

/// A machine with both clocks, which a test moves together or apart.
struct MachineClocks {
    var boot = "boot 1"
    var bootTime = BootInstant(nanoseconds: 60_000_000_000)
    var wallTime = WallTime(seconds: 1_795_429_200)
    var isSynchronised = true

    var reading: ClockReading { ClockReading(bootTime: bootTime, wallTime: wallTime, isSynchronised: isSynchronised) }

    mutating func pass(_ duration: Duration) {
        bootTime = bootTime.advanced(by: duration)
        wallTime = wallTime.advanced(by: duration)
    }

    mutating func jump(_ duration: Duration) { wallTime = wallTime.advanced(by: duration) }

    /// Is off for a while, and starts with a clock that nothing has synchronised.
    mutating func reboot(after duration: Duration) {
        boot += "+"
        bootTime = BootInstant(nanoseconds: 5_000_000_000)
        wallTime = wallTime.advanced(by: duration)
        isSynchronised = false
    }

    func watch(after previous: ClockTick? = nil) -> ClockWatch { ClockWatch(previous: previous, boot: boot) }
}
