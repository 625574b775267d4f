/// A wall-clock time: whole seconds since 1970-01-01T00:00:00Z.
package struct WallTime: Hashable, Comparable, Sendable {
    package var seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    package static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }

    package func advanced(by duration: Duration) -> Self { Self(seconds: seconds &+ duration.components.seconds) }

    /// The hour that holds this time.
    package var hour: Hour { Hour(number: UInt32(clamping: seconds.flooredQuotient(3600))) }

    /// ISO 8601 in UTC with whole seconds, for instance `2026-11-23T20:15:00Z`.
    package var description: String {
        let date = CivilDate(daysSince1970: seconds.flooredQuotient(86_400))
        let second = (seconds % 86_400 + 86_400) % 86_400
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(date)T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
    }
}

extension WallTime: CustomStringConvertible {}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        self % divisor < 0 ? self / divisor - 1 : self / divisor
    }
}
