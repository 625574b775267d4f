import Glibc

/// Times on the clock that latencies are taken from, in nanoseconds.
enum Deadline {
    /// After how many seconds a server that says nothing is given up.
    static let silence = 20

    static var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    static func after(seconds: Double) -> UInt64 { now + UInt64(seconds * 1e9) }
}
