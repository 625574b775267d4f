internal import Glibc
package import KeyHierarchy

/// `CLOCK_BOOTTIME` of this machine.
package struct SystemBootClock: BootClock {
    package init() {}

    package var now: BootInstant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return BootInstant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }
}
