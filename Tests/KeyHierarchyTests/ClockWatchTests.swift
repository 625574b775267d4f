import KeyHierarchy
import Testing

@Suite("Whether the wall clock is believed")
struct ClockWatchTests {
    /// A machine with both clocks, which a test moves together or apart.
    struct Machine {
        var boot = "boot 1"
        var bootTime = BootInstant(nanoseconds: 60_000_000_000)
        var wallTime = WallTime(seconds: 1_795_429_200)
        var isSynchronised = true

        var reading: ClockReading { ClockReading(bootTime: bootTime, wallTime: wallTime, isSynchronised: isSynchronised) }

        mutating func pass(_ duration: Duration) {
            bootTime = bootTime.advanced(by: duration)
            wallTime = wallTime.advanced(by: duration)
        }

        mutating func jump(_ duration: Duration) { wallTime = wallTime.advanced(by: duration) }

        /// Is off for a while, and starts with a clock that nothing has synchronised.
        mutating func reboot(after duration: Duration) {
            boot += "+"
            bootTime = BootInstant(nanoseconds: 5_000_000_000)
            wallTime = wallTime.advanced(by: duration)
            isSynchronised = false
        }

        func watch(after previous: ClockTick? = nil) -> ClockWatch { ClockWatch(previous: previous, boot: boot) }
    }

    static let jumps: [Duration] = [.seconds(-3600), .seconds(86_400), .seconds(10 * 365 * 86_400), .seconds(-301), .seconds(301)]

    @Test("the first start of an empty store believes its clock, and keeps it", arguments: [true, false])
    func first(isSynchronised: Bool) {
        var machine = Machine()
        machine.isSynchronised = isSynchronised
        var watch = machine.watch()
        #expect(watch.state(machine.reading) == .believed)
        #expect(watch.tick(machine.reading) == ClockTick(boot: "boot 1", bootTime: machine.bootTime, wallTime: machine.wallTime))
        #expect(watch.believedNow(machine.reading) == machine.wallTime)
    }

    @Test("a tick is kept each minute, not more often")
    func interval() {
        var machine = Machine()
        var watch = machine.watch()
        var kept = 0
        for _ in 0..<31 {
            if watch.tick(machine.reading) != nil { kept += 1 }
            machine.pass(.seconds(20))
        }
        #expect(kept == 11)
    }

    @Test("a jump puts the clock in doubt: nothing is kept, and time goes on as the boot clock does", arguments: jumps)
    func jump(by jump: Duration) {
        var machine = Machine()
        var watch = machine.watch()
        #expect(watch.tick(machine.reading) != nil)
        let right = machine.wallTime
        machine.jump(jump)
        #expect(watch.believedNow(machine.reading) == right, "before the next tick, too")
        for minutes in 1...30 {
            machine.pass(.seconds(60))
            #expect(watch.tick(machine.reading) == nil)
            guard case .doubt(let reason) = watch.state(machine.reading) else { return #expect(Bool(false), "it is believed") }
            #expect(reason.contains(machine.wallTime.description))
            #expect(watch.believedNow(machine.reading) == right.advanced(by: .seconds(60 * minutes)))
        }
    }

    @Test("a clock that comes back is believed again by itself", arguments: jumps)
    func back(from jump: Duration) {
        var machine = Machine()
        var watch = machine.watch()
        _ = watch.tick(machine.reading)
        machine.jump(jump)
        machine.pass(.seconds(7200))
        _ = watch.tick(machine.reading)
        #expect(watch.state(machine.reading) != .believed)
        machine.jump(.zero - jump)
        machine.pass(.seconds(60))
        #expect(watch.tick(machine.reading) != nil)
        #expect(watch.state(machine.reading) == .believed)
        #expect(watch.believedNow(machine.reading) == machine.wallTime)
    }

    @Test("a small step is believed", arguments: [Duration.seconds(-300), .seconds(-1), .seconds(1), .seconds(300)])
    func drift(by step: Duration) {
        var machine = Machine()
        var watch = machine.watch()
        _ = watch.tick(machine.reading)
        machine.pass(.seconds(60))
        machine.jump(step)
        #expect(watch.tick(machine.reading)?.wallTime == machine.wallTime)
        #expect(watch.state(machine.reading) == .believed)
        #expect(watch.believedNow(machine.reading) == machine.wallTime)
    }

    @Test("a clock that NTP slews for a year is believed all along, however far it comes", arguments: [1, -1])
    func slew(direction: Int) {
        var machine = Machine()
        var watch = machine.watch()
        // 500 ppm, the most that the kernel slews by, kept half-hourly, to keep the test short.
        for _ in 0..<(365 * 24 * 3600 / 2000) {
            machine.pass(.seconds(2000))
            machine.jump(.seconds(direction))
            #expect(watch.tick(machine.reading) != nil)
        }
        #expect(watch.state(machine.reading) == .believed)
    }

    @Test("a clock that is led ahead in steps is believed for one of them, over restarts too", arguments: [1, -1])
    func creep(direction: Int) {
        var machine = Machine()
        var watch = machine.watch()
        _ = watch.tick(machine.reading)
        machine.pass(.seconds(60))
        machine.jump(.seconds(290 * direction))
        var kept = watch.tick(machine.reading)
        #expect(kept != nil)
        for step in 1...20 {
            let believed = watch.believedNow(machine.reading).advanced(by: .seconds(60))
            machine.pass(.seconds(60))
            machine.jump(.seconds(290 * direction))
            if step % 3 == 1 { watch = machine.watch(after: kept) }
            if let tick = watch.tick(machine.reading) { kept = tick }
            guard case .doubt = watch.state(machine.reading) else { return #expect(Bool(false), "step \(step) is believed") }
            #expect(watch.believedNow(machine.reading) == believed)
        }
        machine.jump(.seconds(-20 * 290 * direction))
        #expect(watch.state(machine.reading) == .believed, "back within the budget")
        machine.jump(.seconds(20 * 290 * direction))
        #expect(watch.accept(machine.reading).anchor == nil)
        #expect(watch.state(machine.reading) == .believed, "accepted, it begins a budget of its own")
    }

    @Test("a boot that seems to have taken more than a week is in doubt until the clock is accepted, synchronised or not")
    func longBoot() {
        for (days, isBelieved) in [(1, true), (6, true), (8, false), (90, false), (4000, false)] {
            var machine = Machine()
            var watch = machine.watch()
            let kept = watch.tick(machine.reading)
            machine.reboot(after: .seconds(days * 86_400))
            machine.isSynchronised = true
            var again = machine.watch(after: kept)
            #expect((again.state(machine.reading) == .believed) == isBelieved, "\(days) days")
            machine.pass(.seconds(10 * 86_400))
            #expect((again.tick(machine.reading) != nil) == isBelieved, "\(days) days: what passes afterwards is no part of the boot")
            _ = again.accept(machine.reading)
            #expect(again.state(machine.reading) == .believed)
        }
    }

    @Test("suspend is no jump: both clocks count it")
    func suspend() {
        var machine = Machine()
        var watch = machine.watch()
        _ = watch.tick(machine.reading)
        machine.pass(.seconds(86_400))
        #expect(watch.tick(machine.reading) != nil)
        #expect(watch.state(machine.reading) == .believed)
    }

    @Test("a start in the same boot goes by the last tick that was kept", arguments: [Duration.zero, .seconds(86_400), .seconds(-3600)])
    func restart(jump: Duration) {
        var machine = Machine()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        machine.pass(.seconds(3600))
        let right = machine.wallTime
        machine.jump(jump)
        var again = machine.watch(after: kept)
        #expect((again.state(machine.reading) == .believed) == (jump == .zero))
        #expect((again.tick(machine.reading) != nil) == (jump == .zero))
        #expect(again.believedNow(machine.reading) == right)
    }

    @Test("after a boot a synchronised clock that did not go back is believed")
    func reboot() {
        var machine = Machine()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        machine.reboot(after: .seconds(300))
        machine.isSynchronised = true
        var again = machine.watch(after: kept)
        #expect(again.state(machine.reading) == .believed)
        #expect(again.tick(machine.reading)?.boot == machine.boot)
    }

    @Test(
        "after a boot a clock that went back is in doubt, until it is past the last tick",
        arguments: [Duration.seconds(-1), .seconds(-3600)])
    func rebootBack(after duration: Duration) {
        var machine = Machine()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        let last = machine.wallTime
        machine.reboot(after: duration)
        machine.isSynchronised = true
        var again = machine.watch(after: kept)
        #expect(again.state(machine.reading) != .believed)
        #expect(again.tick(machine.reading) == nil)
        #expect(again.believedNow(machine.reading) == last)
        machine.wallTime = last
        #expect(again.tick(machine.reading) != nil)
        #expect(again.state(machine.reading) == .believed)
    }

    @Test("after a boot an unsynchronised clock is in doubt until it is synchronised, whatever it jumps then")
    func unsynchronised() {
        var machine = Machine()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        machine.reboot(after: .seconds(10))
        var again = machine.watch(after: kept)
        #expect(again.state(machine.reading) != .believed)
        machine.pass(.seconds(600))
        #expect(again.tick(machine.reading) == nil)
        #expect(again.believedNow(machine.reading) == machine.wallTime)
        machine.jump(.seconds(86_400))
        machine.isSynchronised = true
        #expect(again.tick(machine.reading) != nil)
        #expect(again.state(machine.reading) == .believed)
    }

    @Test("a clock that is accepted is believed, also after a start")
    func accept() {
        var machine = Machine()
        var watch = machine.watch()
        _ = watch.tick(machine.reading)
        machine.jump(.seconds(86_400))
        _ = watch.tick(machine.reading)
        let kept = watch.accept(machine.reading)
        #expect(watch.state(machine.reading) == .believed)
        #expect(watch.believedNow(machine.reading) == machine.wallTime)
        machine.pass(.seconds(30))
        #expect(machine.watch(after: kept).state(machine.reading) == .believed)
        machine.jump(.seconds(-86_400))
        #expect(machine.watch(after: kept).state(machine.reading) != .believed, "the old time is the wrong one now")
    }

    @Test("an unsynchronised clock can be accepted after a boot")
    func acceptAfterBoot() {
        var machine = Machine()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        machine.reboot(after: .seconds(-7200))
        var again = machine.watch(after: kept)
        let accepted = again.accept(machine.reading)
        machine.pass(.seconds(60))
        #expect(again.tick(machine.reading) != nil)
        #expect(machine.watch(after: accepted).state(machine.reading) == .believed)
    }

    @Test("absurd times put the clock in doubt, and stop nothing", arguments: [Int64.min, .max, -1])
    func absurd(seconds: Int64) {
        var machine = Machine()
        var watch = machine.watch()
        _ = watch.tick(machine.reading)
        machine.wallTime = WallTime(seconds: seconds)
        #expect(watch.tick(machine.reading) == nil)
        #expect(watch.state(machine.reading) != .believed)
    }
}
