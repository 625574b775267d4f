/// ISO 8601 in UTC, as credentials name their end: `2026-11-23T20:15:00Z`, with or without a fraction of a second.
enum Timestamp {
    /// Seconds since 1970; nil if the text is no such time.
    static func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, bytes.count <= 35,
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var zone = String(text.dropFirst(19))
        if zone.hasPrefix(".") { zone = String(zone.dropFirst().drop { $0.isNumber }) }
        guard ["Z", "+00:00", "+0000"].contains(zone) else { return nil }
        return seconds(year: year, month: month, day: day) + (hour * 60 + minute) * 60 + second
    }

    /// RFC 9110 section 5.6.7, in the one form that servers send: `Mon, 23 Nov 2026 20:15:00 GMT`. Seconds since 1970.
    static func httpDate(_ text: String) -> Int64? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard text.utf8.count == 29, words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
            let day = Int64(words[1]), let month = months.firstIndex(of: String(words[2])), let year = Int64(words[3]),
            (1...31).contains(day), (1970...9999).contains(year)
        else { return nil }
        let time = words[4].split(separator: ":", omittingEmptySubsequences: false).map { $0.count == 2 ? Int64($0) : nil }
        guard time.count == 3, let hour = time[0], let minute = time[1], let second = time[2],
            (0..<24).contains(hour), (0..<60).contains(minute), (0..<61).contains(second)
        else { return nil }
        return seconds(year: year, month: Int64(month) + 1, day: day) + (hour * 60 + minute) * 60 + second
    }

    private static func seconds(year: Int64, month: Int64, day: Int64) -> Int64 {
        // Years begin in March, so that a leap day ends one; an era is 400 of them.
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let yearOfEra = shifted % 400
        let days = shifted / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400
    }
}
