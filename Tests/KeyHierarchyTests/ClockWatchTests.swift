import KeyHierarchy
import Testing

@Suite("Whether the wall clock is believed")
struct ClockWatchTests {
    static let jumps: [Duration] = [.seconds(-3600), .seconds(86_400), .seconds(10 * 365 * 86_400), .seconds(-301), .seconds(301)]

    @Test("the first start of an empty store believes its clock, and keeps it", arguments: [true, false])
    func first(isSynchronised: Bool) {
        var machine = MachineClocks()
        machine.isSynchronised = isSynchronised
        var watch = machine.watch()
        #expect(watch.state(machine.reading) == .believed)
        #expect(watch.tick(machine.reading) == ClockTick(boot: "boot 1", bootTime: machine.bootTime, wallTime: machine.wallTime))
        #expect(watch.believedNow(machine.reading) == machine.wallTime)
    }

    @Test("a tick is kept each minute, not more often")
    func interval() {
        var machine = MachineClocks()
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
        var machine = MachineClocks()
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
        var machine = MachineClocks()
        var watch = machine.watch()
        _ = watch.tick(machine.reading)
        machine.jump(jump)
        machine.pass(.seconds(1800))
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
        var machine = MachineClocks()
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
        var machine = MachineClocks()
        var watch = machine.watch()
        // 500 ppm, the most that the kernel slews by, kept every 20,000 seconds, to keep the test short.
        for _ in 0..<1577 {
            machine.pass(.seconds(20_000))
            machine.jump(.seconds(10 * direction))
            #expect(watch.tick(machine.reading) != nil)
        }
        #expect(watch.state(machine.reading) == .believed)
    }

    @Test("suspend is no jump: both clocks count it")
    func suspend() {
        var machine = MachineClocks()
        var watch = machine.watch()
        _ = watch.tick(machine.reading)
        machine.pass(.seconds(86_400))
        #expect(watch.tick(machine.reading) != nil)
        #expect(watch.state(machine.reading) == .believed)
    }

    @Test("a start in the same boot goes by the last tick that was kept", arguments: [Duration.zero, .seconds(86_400), .seconds(-3600)])
    func restart(jump: Duration) {
        var machine = MachineClocks()
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

    @Test("a clock that is accepted is believed, also after a start")
    func accept() {
        var machine = MachineClocks()
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

    @Test(
        "a clock that is led away in small steps is in doubt once they are more than 5 minutes together",
        arguments: [290, 60, 20, -290, -20])
    func creep(by seconds: Int) {
        var machine = MachineClocks()
        var watch = machine.watch()
        var kept = watch.tick(machine.reading)
        var strayed = 0
        for _ in 0..<200 {
            machine.pass(.seconds(60))
            machine.jump(.seconds(seconds))
            strayed += seconds
            let drift = 3
            let tick = watch.tick(machine.reading)
            kept = tick ?? kept
            if abs(strayed) <= 300 { #expect(tick != nil) }
            guard abs(strayed) > 300 + drift else { continue }
            #expect(tick == nil)
            #expect(watch.state(machine.reading) != .believed)
            // A start of the daemon goes by the same anchor.
            #expect(machine.watch(after: kept).state(machine.reading) != .believed)
            let right = machine.wallTime.advanced(by: .seconds(-strayed))
            #expect(abs(watch.believedNow(machine.reading).seconds - right.seconds) <= 300 + Int64(drift))
            if abs(strayed) > 3000 { break }
        }
        // Nothing but the right time, or a person, ends it.
        #expect(machine.isSynchronised)
        var accepted = watch
        let tick = accepted.accept(machine.reading)
        #expect(tick.anchor == ClockAnchor(bootTime: machine.bootTime, wallTime: machine.wallTime))
        machine.pass(.seconds(60))
        #expect(accepted.tick(machine.reading)?.anchor == tick.anchor)
        machine.jump(.seconds(-strayed))
        #expect(watch.tick(machine.reading) != nil)
        #expect(watch.state(machine.reading) == .believed)
    }

    @Test("a restart in the middle of a creep keeps the anchor, a step under 5 minutes a start does not begin a new one")
    func creepOverRestarts() {
        var machine = MachineClocks()
        var watch = machine.watch()
        var kept = watch.tick(machine.reading)
        let anchor = kept?.anchor
        for step in 1...5 {
            machine.pass(.seconds(60))
            machine.jump(.seconds(290))
            watch = machine.watch(after: kept)
            kept = watch.tick(machine.reading) ?? kept
            #expect((watch.state(machine.reading) == .believed) == (step == 1))
            #expect(kept?.anchor == anchor)
        }
    }

    @Test(
        "an oscillator that is off by 400 ppm for a month is believed, with a daemon that runs or one that was stopped", arguments: [1, -1])
    func drift(direction: Int) {
        var machine = MachineClocks()
        var watch = machine.watch()
        let first = watch.tick(machine.reading)
        for _ in 0..<(30 * 864 / 25) {
            machine.pass(.seconds(2500))
            machine.jump(.seconds(direction))
            #expect(watch.tick(machine.reading) != nil)
        }
        #expect(watch.state(machine.reading) == .believed)
        #expect(machine.watch(after: first).state(machine.reading) == .believed)
    }

    @Test("however long a boot has lasted, a step of more than 5 minutes is a jump")
    func jumpAfterLong() {
        var machine = MachineClocks()
        var watch = machine.watch()
        _ = watch.tick(machine.reading)
        machine.pass(.seconds(300 * 86_400))
        #expect(watch.tick(machine.reading) != nil)
        machine.pass(.seconds(60))
        machine.jump(.seconds(301))
        #expect(watch.tick(machine.reading) == nil)
    }

    @Test("absurd times put the clock in doubt, and stop nothing", arguments: [Int64.min, .max, -1])
    func absurd(seconds: Int64) {
        var machine = MachineClocks()
        var watch = machine.watch()
        _ = watch.tick(machine.reading)
        machine.wallTime = WallTime(seconds: seconds)
        #expect(watch.tick(machine.reading) == nil)
        #expect(watch.state(machine.reading) != .believed)
    }
}
