import EKMWire
import Testing

@testable import ekmctl

@Suite("ekmctl reads spans of time and times")
struct CLITimeTests {
    @Test(
        "a whole number and its unit",
        arguments: [("0s", 0), ("90s", 90), ("15m", 900), ("24h", 86_400), ("90d", 7_776_000)] as [(String, UInt64)])
    func duration(_ text: String, _ seconds: UInt64) {
        #expect(DurationArgument(text: text)?.seconds == seconds)
        #expect(throws: Never.self) { try DurationArgument(parsing: text) }
    }

    @Test(
        "and nothing else",
        arguments: ["", "s", "90", "-1d", "+1d", "1.5h", "1 d", "1w", "d1", "99999999999999999999d", "300000000000000d"])
    func noDuration(_ text: String) {
        #expect(DurationArgument(text: text) == nil)
        #expect(throws: (any Error).self) { try RetentionArgument(parsing: text) }
    }

    @Test("in the largest unit that divides it", arguments: [("90d", 7_776_000), ("36h", 129_600), ("15m", 900), ("61s", 61)])
    func text(_ text: String, _ seconds: Int) {
        #expect(DurationArgument.text(seconds) == text)
    }

    @Test("a retention of no time is none: it would erase everything at once")
    func nothing() throws {
        #expect(throws: (any Error).self) { try RetentionArgument(parsing: "0d") }
        #expect(try RetentionArgument(parsing: "forever").period == .forever)
        #expect(try RetentionArgument(parsing: "90d").period == .seconds(7_776_000))
    }

    @Test(
        "dates, times with their offset, and how long ago",
        arguments: [
            ("1970-01-01", 0), ("2026-01-31", 1_769_817_600), ("2024-02-29", 1_709_164_800), ("2000-03-01", 951_868_800),
            ("2026-01-31T10:00:00Z", 1_769_853_600), ("2026-01-31T10:00Z", 1_769_853_600), ("2026-01-31T10:00:00+02:00", 1_769_846_400),
            ("2026-01-31T10:00:00-05:30", 1_769_873_400), ("1d", 1_799_913_600), ("0s", 1_800_000_000),
        ] as [(String, UInt64)])
    func time(_ text: String, _ seconds: UInt64) {
        #expect(TimeArgument.seconds(of: text, now: 1_800_000_000) == seconds)
    }

    @Test(
        "and no time that could be another one",
        arguments: [
            "", "2026", "2026-13-01", "2026-02-30", "2025-02-29", "2100-02-29", "2026-01-31T10:00:00", "2026-01-31 10:00:00Z",
            "2026-01-31T24:00:00Z", "2026-01-31T10:60:00Z", "2026-01-31T10:00:00Zx", "31.01.2026", "yesterday", "1969-12-31", "3000000000s",
        ])
    func noTime(_ text: String) {
        #expect(TimeArgument.seconds(of: text, now: 1_800_000_000) == nil)
    }
}
