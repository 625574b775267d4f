import KeyHierarchy
import Testing
import Upkeep

@Suite("Expiry")
struct ExpiryTests {
    private func instant(_ second: UInt64) -> BootInstant { BootInstant(nanoseconds: second * 1_000_000_000) }

    @Test("wipes what is due, and wakes for what comes next")
    func order() throws {
        var expiry = Expiry()
        let (a, b) = (try EnvironmentID.random(), try EnvironmentID.random())
        #expect(expiry.next(.deadline(a, instant(10)), now: instant(0)) == [.wake(at: instant(10))])
        #expect(expiry.next(.deadline(b, instant(5)), now: instant(0)) == [.wake(at: instant(5))])
        #expect(expiry.next(.tick, now: instant(5)) == [.wipe(b), .wake(at: instant(10))])
        #expect(expiry.next(.deadline(a, instant(20)), now: instant(6)) == [.wake(at: instant(20))])
        #expect(expiry.next(.tick, now: instant(10)) == [.wake(at: instant(20))])
        #expect(expiry.next(.wiped(a), now: instant(11)) == [])
        #expect(expiry.next(.tick, now: instant(30)) == [])
    }

    @Test("does what a plain table of deadlines would, whatever happens", arguments: 0..<20)
    func model(_ seed: Int) throws {
        var random = SeededGenerator(UInt64(seed))
        var expiry = Expiry()
        var table: [EnvironmentID: BootInstant] = [:]
        let environments = try (0..<20).map { _ in try EnvironmentID.random() }
        var now: UInt64 = 0
        for _ in 0..<500 {
            now += UInt64.random(in: 0...2, using: &random)
            let environment = environments.randomElement(using: &random) ?? environments[0]
            let event: Expiry.Event
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let deadline = instant(now + UInt64.random(in: 0...30, using: &random))
                event = .deadline(environment, deadline)
                table[environment] = deadline
            case 1:
                event = .wiped(environment)
                table[environment] = nil
            default: event = .tick
            }
            let due = table.filter { $0.value <= instant(now) }.keys
            for environment in due { table[environment] = nil }
            let actions = expiry.next(event, now: instant(now))
            let wiped = actions.compactMap { if case .wipe(let environment) = $0 { environment } else { nil } }
            #expect(Set(wiped) == Set(due))
            #expect(actions.contains { if case .wake = $0 { true } else { false } } == !table.isEmpty)
            if let next = table.values.min() { #expect(actions.last == .wake(at: next)) }
        }
    }
}

/// SplitMix64: the same seed, the same test.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
