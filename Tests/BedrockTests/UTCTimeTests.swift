import Foundation
import Testing

@testable import Bedrock

@Suite("UTC times") struct UTCTimeTests {
    @Test(
        "ISO 8601 is read",
        arguments: [
            ("1970-01-01", 0), ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1), ("2026-11-23T20:15:00Z", 1_795_464_900),
            ("2024-02-29T23:59:59.123Z", 1_709_251_199), ("2000-03-01T00:00:00+00:00", 951_868_800), ("2024-02-29", 1_709_164_800),
            ("2026-01-31T10:00Z", 1_769_853_600), ("2026-01-31T10:00:00+02:00", 1_769_846_400), ("2026-01-31T10:00:00-0530", 1_769_873_400),
            ("2016-12-31T23:59:60Z", 1_483_228_800), ("0000-01-01", -62_167_219_200), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(String, Int64)])
    func read(_ text: String, _ seconds: Int64) { #expect(UTCTime(iso8601: text)?.seconds == seconds) }

    @Test(
        "What is no time, or could be another one, is none",
        arguments: [
            "", "2026", "2026-1-01", "2026-13-01", "2026-00-01", "2026-02-30", "2026-04-31", "2026-01-00", "2025-02-29", "2100-02-29",
            "1900-02-29", "2026-01-31T10:00:00", "2026-01-31 10:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T10:60:00Z",
            "2026-01-31T10:00:61Z", "2026-01-31T10:00:00.Z", "2026-01-31T10:00.5Z", "2026-01-31T10:00:00Zx", "2026-01-31T10:00:00+24:00",
            "2026-01-31T10:00:00+0", "2026-01-31T10:00:00z", "+026-01-31", "2026-01-3\u{661}", "31.01.2026", "yesterday",
        ])
    func refused(_ text: String) { #expect(UTCTime(iso8601: text) == nil) }

    @Test(
        "The date of an HTTP answer is read in the form that servers send, and no other",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777 as Int64?), ("Mon, 23 Nov 2026 20:15:00 GMT", 1_795_464_900),
            ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800), ("Wed, 29 Feb 2023 00:00:00 GMT", nil),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun Nov  6 08:49:37 1994", nil), ("Sun, 06 Nov 1994 08:49:37 CET", nil),
            ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("Sun, 00 Nov 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 8:049:37 GMT", nil),
            ("Sun, 06 Nov 1969 08:49:37 GMT", nil), ("", nil),
        ])
    func httpDate(_ text: String, _ seconds: Int64?) { #expect(UTCTime(httpDate: text)?.seconds == seconds) }

    @Test("Times are written as Foundation writes them, and read back")
    func written() {
        // Steps of no round number. Before 15 October 1582 Foundation counts by the Julian calendar.
        for seconds in stride(from: Int64(-12_219_292_800), to: 253_402_300_799, by: 7_654_321 * 13) {
            let time = UTCTime(seconds: seconds)
            #expect(time.description == Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601))
            #expect(UTCTime(iso8601: time.description) == time)
        }
        #expect(UTCTime(seconds: 1_795_464_900).text(milliseconds: 7) == "2026-11-23T20:15:00.007Z")
    }

    @Test("Each day of 800 years follows the one before it, leap days included")
    func days() throws {
        let first = try #require(CivilDate(year: 1600, month: 1, day: 1)).daysSince1970
        let last = try #require(CivilDate(year: 2400, month: 1, day: 1)).daysSince1970
        #expect(last - first == 2 * 146_097)
        var leapDays = 0
        for day in first..<last {
            let date = CivilDate(daysSince1970: day)
            #expect(date.daysSince1970 == day && CivilDate(year: date.year, month: date.month, day: date.day) == date)
            if date.month == 2, date.day == 29 { leapDays += 1 }
        }
        #expect(leapDays == 2 * 97)
    }
}
