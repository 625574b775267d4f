import ArgumentParser
import Bedrock
import Glibc

/// A moment: a date, a date with a time and its offset from UTC (ISO 8601), or how long ago.
struct TimeArgument {
    let unixSeconds: UInt64

    init(parsing argument: String) throws {
        let now = UInt64(max(0, time(nil)))
        guard let seconds = Self.seconds(of: argument, now: now) else {
            throw ValidationError(
                "'\(argument)' is not a time: write a date such as 2026-01-31 (its beginning, in UTC), a time such as 2026-01-31T10:00:00Z, or how long ago, such as 90d."
            )
        }
        unixSeconds = seconds
    }

    static func seconds(of text: String, now: UInt64) -> UInt64? {
        if let ago = DurationArgument(text: text) { return ago.seconds <= now ? now - ago.seconds : nil }
        return UTCTime(iso8601: text).flatMap { UInt64(exactly: $0.seconds) }
    }
}
