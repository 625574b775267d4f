import KeyHierarchy
import Testing

@testable import Keyring

@Suite("The rate of calls to all KMSs")
struct PacerTests {
    /// When each of `count` calls may go that are all asked for within the first second.
    private static func instants(_ count: Int, rate: Int) -> [BootInstant] {
        let pacer = Pacer()
        var now = BootInstant(nanoseconds: 1_000_000_000_000)
        return (0..<count).map { _ in
            defer { now = now.advanced(by: .seconds(1) / count) }
            return now.advanced(by: pacer.delay(at: now, rate: rate))
        }
    }

    @Test("no second holds more calls than the rate, and the rate is nearly reached", arguments: [1, 2, 9, 10, 25, 200, 500])
    func bound(rate: Int) {
        let instants = Self.instants(rate * 10 + 100, rate: rate)
        for (index, instant) in instants.enumerated() {
            let end = instant.advanced(by: .seconds(1))
            #expect(instants[index...].prefix { $0 < end }.count <= rate)
        }
        let last = instants[rate * 5]
        #expect(last < instants[0].advanced(by: .seconds(6.5)))
    }

    @Test("a few calls at once do not wait, also after a pause")
    func burst() {
        let pacer = Pacer()
        var now = BootInstant(nanoseconds: 1_000_000_000_000)
        for _ in 0..<3 {
            for _ in 0..<20 { #expect(pacer.delay(at: now, rate: 200) == .zero) }
            now = now.advanced(by: .seconds(1))
        }
    }
}
