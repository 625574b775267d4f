internal import Glibc

/// A point on `CLOCK_MONOTONIC`, in nanoseconds, by which a call must have its answer.
struct Deadline: Comparable, Sendable {
    let nanoseconds: UInt64

    static let never = Deadline(nanoseconds: .max)

    static var now: Deadline {
        var time = Glibc.timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Deadline(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    static func after(_ duration: Duration) -> Deadline {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return now }
        guard seconds < 1 << 32 else { return never }
        return Deadline(nanoseconds: now.nanoseconds + UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000)
    }

    var hasPassed: Bool { self <= Deadline.now }

    /// What is left as poll(2) takes it: milliseconds, rounded up so that it does not spin; -1 for ever.
    var milliseconds: Int32 {
        guard self != .never else { return -1 }
        let now = Deadline.now.nanoseconds
        guard nanoseconds > now else { return 0 }
        return Int32(clamping: (nanoseconds - now + 999_999) / 1_000_000)
    }

    var timespec: Glibc.timespec {
        // A time_t that the kernel takes, far beyond any uptime.
        let nanoseconds = min(nanoseconds, 1 << 62)
        return Glibc.timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }

    static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }
}
