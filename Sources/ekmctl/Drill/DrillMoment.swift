import Bedrock
import CLinux
import Glibc

/// A moment of the drill, on the clock that no one sets; told as wall time.
struct DrillMoment: Comparable {
    let nanoseconds: UInt64
    /// Wall time in milliseconds since 1970, at that moment.
    let wall: Int64

    static var now: DrillMoment {
        DrillMoment(nanoseconds: read(CLOCK_MONOTONIC), wall: Int64(read(CLOCK_REALTIME) / 1_000_000))
    }

    func seconds(since other: DrillMoment) -> Double { (Double(nanoseconds) - Double(other.nanoseconds)) / 1e9 }

    /// Seconds since a wall time, given in whole seconds since 1970.
    func seconds(sinceUnix seconds: Int64) -> Double { Double(wall) / 1000 - Double(seconds) }

    /// ISO 8601, UTC, with milliseconds.
    var text: String { UTCTime(seconds: wall / 1000).text(milliseconds: wall % 1000) }

    static func < (left: DrillMoment, right: DrillMoment) -> Bool { left.nanoseconds < right.nanoseconds }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
