import KeyHierarchy
import Testing

@Suite("Names and times")
struct NameTests {
    @Test(
        "a good name is read, and printed as it was", arguments: ["acme/prod", "a/b", "0-9/x-", String(repeating: "a", count: 63) + "/p"])
    func good(_ text: String) throws { #expect(try EnvironmentName(text).description == text) }

    @Test(
        "a bad name is refused",
        arguments: [
            "", "acme", "acme/", "/prod", "acme/prod/x", "-a/b", "Acme/prod", "a_b/c", "ä/b", String(repeating: "a", count: 64) + "/p",
        ])
    func bad(_ text: String) {
        #expect(throws: HierarchyError(.invalidName, "", remedy: "")) { try EnvironmentName(text) }
    }

    @Test(
        "times are ISO 8601 in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_429_200, "2026-11-23T10:20:00Z"), (-1, "1969-12-31T23:59:59Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func iso(_ seconds: Int64, _ text: String) { #expect(WallTime(seconds: seconds).description == text) }

    @Test("an hour holds its first and its last second")
    func hours() {
        #expect(WallTime(seconds: 7200).hour == Hour(number: 2))
        #expect(WallTime(seconds: 10_799).hour == Hour(number: 2))
        #expect(Hour(number: 2).start == WallTime(seconds: 7200))
    }

    @Test("instants saturate instead of wrapping")
    func saturate() {
        let instant = BootInstant(nanoseconds: 5)
        #expect(instant.advanced(by: .seconds(-1)).nanoseconds == 0)
        #expect(BootInstant(nanoseconds: .max).advanced(by: .seconds(1)).nanoseconds == .max)
        #expect(instant.remaining(until: BootInstant(nanoseconds: 1)) == .zero)
    }
}
