internal import Glibc
package import KeyHierarchy

/// `CLOCK_REALTIME` of this machine.
package struct SystemWallClock: WallClock {
    package init() {}

    package var now: WallTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(seconds: Int64(time.tv_sec))
    }
}
