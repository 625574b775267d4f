internal import Bedrock

/// A wall-clock time: whole seconds since 1970-01-01T00:00:00Z.
package struct WallTime: Hashable, Comparable, Sendable {
    package var seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    package static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }

    package func advanced(by duration: Duration) -> Self { Self(seconds: seconds &+ duration.components.seconds) }

    /// The hour that holds this time.
    package var hour: Hour { Hour(number: UInt32(clamping: seconds.flooredDivision(by: 3600).quotient)) }

    /// ISO 8601 in UTC with whole seconds, for instance `2026-11-23T20:15:00Z`.
    package var description: String { UTCTime(seconds: seconds).description }
}

extension WallTime: CustomStringConvertible {}
