/// A moment as texts name it: seconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Texts are ISO 8601, since RFC 3339 writes the same: `2026-11-23T20:15:00Z`.
package struct UTCTime: Hashable, Sendable {
    package let seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    /// - Parameter second: 60 is a leap second, which is the first second of the next minute.
    /// - Returns: nil where the clock never shows that.
    package init?(_ date: CivilDate, hour: Int64 = 0, minute: Int64 = 0, second: Int64 = 0) {
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second) else { return nil }
        seconds = date.daysSince1970 * 86_400 + (hour * 60 + minute) * 60 + second
    }

    /// Reads a date, which is its first second, or a date with a time and its offset from UTC: seconds may be left out, and fractions of them are
    /// cut off. A time without its offset is another in each place, so that it is none.
    package init?(iso8601 text: some StringProtocol) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        if scanner.isAtEnd {
            self.init(date)
            return
        }
        guard scanner.skip("T"), let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2) else { return nil }
        var second: Int64 = 0
        if scanner.skip(":") {
            guard let number = scanner.number(2) else { return nil }
            second = number
            if scanner.skip(".") {
                guard scanner.number(1) != nil else { return nil }
                while scanner.number(1) != nil {}
            }
        }
        guard let offset = Self.offset(&scanner), scanner.isAtEnd,
            let time = UTCTime(date, hour: hour, minute: minute, second: second)
        else { return nil }
        self.init(seconds: time.seconds - offset)
    }

    /// Reads the one form of RFC 9110, section 5.6.7, that servers send: `Mon, 23 Nov 2026 20:15:00 GMT`, from 1970 on.
    package init?(httpDate text: some StringProtocol) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard text.utf8.count == 29, words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        var date = DigitScanner(words[1] + " " + words[3] + " " + words[4])
        guard let day = date.number(2), date.skip(" "), let year = date.number(4), year >= 1970, date.skip(" "),
            let hour = date.number(2), date.skip(":"), let minute = date.number(2), date.skip(":"), let second = date.number(2),
            date.isAtEnd,
            let day = CivilDate(year: year, month: Int64(month) + 1, day: day)
        else { return nil }
        self.init(day, hour: hour, minute: minute, second: second)
    }

    /// With whole seconds, and with milliseconds where they are given.
    package func text(milliseconds: Int64? = nil) -> String {
        let (day, second) = seconds.flooredDivision(by: 86_400)
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let fraction = milliseconds.map { "." + padded($0, 3) } ?? ""
        let date = CivilDate(daysSince1970: day)
        return "\(date)T\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))\(fraction)Z"
    }

    /// How far ahead of UTC, in seconds: `Z`, `+01:00` or `+0100`.
    private static func offset(_ scanner: inout DigitScanner) -> Int64? {
        if scanner.skip("Z") { return 0 }
        let sign: Int64 = scanner.skip("+") ? 1 : scanner.skip("-") ? -1 : 0
        guard sign != 0, let hours = scanner.number(2) else { return nil }
        _ = scanner.skip(":")
        guard let minutes = scanner.number(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes) * 60
    }
}

extension UTCTime: CustomStringConvertible {
    /// With whole seconds, for instance `2026-11-23T20:15:00Z`.
    package var description: String { text() }
}

extension Int64 {
    /// The quotient rounded down, and what is left, which is never negative.
    package func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
