import Glibc

/// The time that deadlines are counted in.
package protocol StreamClock: Sendable {
    /// Nanoseconds since some moment, suspend included.
    var now: UInt64 { get }
}

/// `CLOCK_BOOTTIME`, which goes on while the machine is suspended.
package struct BootStreamClock: StreamClock {
    package init() {}

    package var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
