import KeyHierarchy
import Testing

@Suite("A retention")
struct RetentionTests {
    private let now = WallTime(seconds: 1_800_000_000)
    private let day = Duration.seconds(86_400)

    @Test("that is prolonged holds at once, and one that is shortened a day later")
    func waits() {
        let shorter = Retention(hours: day * 90).changed(to: Retention(hours: day * 9), at: now, atOnce: false)
        #expect(shorter == Retention(hours: day * 90, next: .init(hours: day * 9, logs: nil, from: now.advanced(by: day))))
        #expect(shorter.inForce(at: now.advanced(by: day - .seconds(1))).hours == day * 90)
        #expect(shorter.inForce(at: now.advanced(by: day)) == Retention(hours: day * 9))
        #expect(shorter.changed(to: Retention(hours: day * 91), at: now, atOnce: false) == Retention(hours: day * 91))
        #expect(shorter.changed(to: Retention(hours: day * 90), at: now, atOnce: false) == Retention(hours: day * 90))
    }

    @Test("holds at once where that is asked for")
    func atOnce() {
        #expect(Retention().changed(to: Retention(hours: day), at: now, atOnce: true) == Retention(hours: day))
    }

    @Test("is not put off by who asks for it again, and is by who asks for an even shorter one")
    func again() {
        let first = Retention().changed(to: Retention(hours: day * 9), at: now, atOnce: false)
        let later = now.advanced(by: .seconds(3600))
        #expect(first.changed(to: first.asked, at: later, atOnce: false) == first)
        let shorter = first.changed(to: Retention(hours: day * 8), at: later, atOnce: false)
        #expect(shorter.next?.from == later.advanced(by: day) && shorter.hours == nil)
    }

    @Test("has two changes of its parts, one prolonging and one shortening, and loses neither")
    func parts() {
        let both = Retention(hours: day * 9, logs: day * 9).changed(to: Retention(hours: day * 90, logs: day), at: now, atOnce: false)
        #expect(both == Retention(hours: day * 90, logs: day * 9, next: .init(hours: day * 90, logs: day, from: now.advanced(by: day))))
        let third = both.changed(to: Retention(hours: nil, logs: both.asked.logs), at: now, atOnce: false)
        #expect(third.inForce(at: now.advanced(by: day)) == Retention(hours: nil, logs: day))
    }
}
