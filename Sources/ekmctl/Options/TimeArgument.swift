import ArgumentParser
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
        var rest = Array(text.utf8)[...]
        guard let year = number(&rest, 4), skip(&rest, "-"), let month = number(&rest, 2), skip(&rest, "-"), let day = number(&rest, 2),
            (1...12).contains(month), (1...days(month, year)).contains(day)
        else { return nil }
        var seconds = daysFrom1970(year, month, day) * 86_400
        if !rest.isEmpty {
            guard skip(&rest, "T"), let hour = number(&rest, 2), skip(&rest, ":"), let minute = number(&rest, 2), hour < 24, minute < 60
            else { return nil }
            var second = 0
            if skip(&rest, ":") {
                guard let number = number(&rest, 2), number < 60 else { return nil }
                second = number
            }
            // A time without its offset is another in each place.
            guard let offset = offset(&rest), rest.isEmpty else { return nil }
            seconds += hour * 3600 + minute * 60 + second - offset
        }
        return UInt64(exactly: seconds)
    }

    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if skip(&rest, "Z") { return 0 }
        let sign = skip(&rest, "+") ? 1 : skip(&rest, "-") ? -1 : 0
        guard sign != 0, let hours = number(&rest, 2), skip(&rest, ":"), let minutes = number(&rest, 2), hours < 24, minutes < 60 else {
            return nil
        }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ digits: Int) -> Int? {
        guard rest.count >= digits, rest.prefix(digits).allSatisfy({ (48...57).contains($0) }) else { return nil }
        defer { rest = rest.dropFirst(digits) }
        return rest.prefix(digits).reduce(0) { $0 * 10 + Int($1) - 48 }
    }

    private static func skip(_ rest: inout ArraySlice<UInt8>, _ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func days(_ month: Int, _ year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Of the proleptic Gregorian calendar, as ISO 8601 counts.
    private static func daysFrom1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
