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

    @Test("after a boot a synchronised clock that did not go back is believed")
    func reboot() {
        var machine = MachineClocks()
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
        var machine = MachineClocks()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        let last = machine.wallTime
        machine.reboot(after: duration)
        machine.isSynchronised = true
        var again = machine.watch(after: kept)
        #expect(again.state(machine.reading) != .believed)
        #expect(again.tick(machine.reading) == nil)
        #expect(again.believedNow(machine.reading) == last.advanced(by: .seconds(5)), "and what the boot has lasted")
        machine.wallTime = last
        #expect(again.tick(machine.reading) != nil)
        #expect(again.state(machine.reading) == .believed)
    }

    @Test("a clock that went back over a boot is not believed for having run past the last tick since", arguments: [3600, 86_400])
    func behind(by seconds: Int) {
        var machine = MachineClocks()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        machine.reboot(after: .seconds(-seconds))
        machine.isSynchronised = true
        var again = machine.watch(after: kept)
        for _ in 0..<5 {
            machine.pass(.seconds(seconds))
            #expect(again.tick(machine.reading) == nil)
            #expect(again.state(machine.reading) != .believed)
        }
        machine.jump(.seconds(seconds))
        #expect(again.tick(machine.reading) != nil, "set right")
    }

    @Test("what passes in doubt is kept, so that the next boot does not believe a clock that is behind it")
    func bound() {
        var machine = MachineClocks()
        var watch = machine.watch()
        let last = watch.tick(machine.reading)
        machine.jump(.seconds(10_800))
        var kept = last
        for step in 1...240 {
            machine.pass(.seconds(30))
            #expect(watch.tick(machine.reading) == nil)
            let bound = watch.bound(machine.reading)
            #expect((bound != nil) == (step % 2 == 0), "once a minute")
            kept = bound ?? kept
        }
        let restarted = machine.watch(after: kept)
        #expect(restarted.state(machine.reading) != .believed)
        #expect(restarted.believedNow(machine.reading) == watch.believedNow(machine.reading))
        machine.jump(.seconds(-10_800))
        #expect(restarted.state(machine.reading) == .believed)
        // Starts with an hour less than what it must be by now.
        machine.reboot(after: .seconds(-3600))
        machine.isSynchronised = true
        #expect(machine.watch(after: last).state(machine.reading) == .believed, "the last one that was believed cannot tell")
        #expect(machine.watch(after: kept).state(machine.reading) != .believed)
        machine.jump(.seconds(3600))
        #expect(machine.watch(after: kept).state(machine.reading) == .believed)
    }

    @Test("what a boot lasts that never believed its clock is kept, over restarts in it, and counts once")
    func boundOfBoots() throws {
        var machine = MachineClocks()
        var watch = machine.watch()
        var kept = watch.tick(machine.reading)
        let last = machine.wallTime
        machine.reboot(after: .seconds(-3600))
        for _ in 0..<3 {
            var again = machine.watch(after: kept)
            for _ in 0..<60 {
                machine.pass(.seconds(60))
                #expect(again.tick(machine.reading) == nil)
                kept = again.bound(machine.reading) ?? kept
            }
        }
        let bound = try #require(kept)
        #expect(bound.isBound)
        #expect(bound.wallTime == last.advanced(by: .seconds(3 * 3600 + 5)))
        #expect(machine.watch(after: kept).believedNow(machine.reading) == bound.wallTime)
        // In the same boot the clock is set right and synchronised.
        var right = machine
        right.jump(.seconds(3600))
        #expect(right.watch(after: kept).state(right.reading) != .believed)
        right.isSynchronised = true
        var set = right.watch(after: kept)
        #expect(set.tick(right.reading)?.anchor.bootTime == right.bootTime, "the anchor is of the moment in which it was believed")
        // The next boot is an hour behind what it must be by now, though past what was last believed.
        machine.reboot(after: .seconds(0))
        machine.isSynchronised = true
        #expect(machine.wallTime > last)
        guard case .doubt(let reason) = machine.watch(after: kept).state(machine.reading) else { return #expect(Bool(false), "believed") }
        #expect(reason.contains("the least that it could be"))
        machine.jump(.seconds(3601))
        #expect(machine.watch(after: kept).state(machine.reading) == .believed)
    }

    @Test("after a boot an unsynchronised clock is in doubt until it is synchronised, whatever it jumps then")
    func unsynchronised() {
        var machine = MachineClocks()
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

    @Test("an unsynchronised clock can be accepted after a boot")
    func acceptAfterBoot() {
        var machine = MachineClocks()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        machine.reboot(after: .seconds(-7200))
        var again = machine.watch(after: kept)
        let accepted = again.accept(machine.reading)
        machine.pass(.seconds(60))
        #expect(again.tick(machine.reading) != nil)
        #expect(machine.watch(after: accepted).state(machine.reading) == .believed)
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

    @Test("after a boot a clock that is far ahead is in doubt until it is accepted, whatever synchronises it")
    func rebootAhead() {
        var machine = MachineClocks()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        let last = machine.wallTime
        machine.reboot(after: .seconds(90 * 86_400))
        machine.isSynchronised = true
        var again = machine.watch(after: kept)
        for _ in 0..<10 {
            #expect(again.tick(machine.reading) == nil)
            #expect(again.state(machine.reading) != .believed)
            #expect(again.believedNow(machine.reading) < last.advanced(by: .seconds(6100)))
            machine.pass(.seconds(600))
        }
        let accepted = again.accept(machine.reading)
        machine.pass(.seconds(60))
        #expect(machine.watch(after: accepted).state(machine.reading) == .believed)
        #expect(again.tick(machine.reading)?.anchor == accepted.anchor)
    }

    @Test("after a boot a machine may have been off for a week", arguments: [(0, true), (1, false)])
    func week(more: Int, isBelieved: Bool) {
        var machine = MachineClocks()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        // Five seconds of it the machine has been on.
        machine.reboot(after: .seconds(7 * 86_400 + 5 + more))
        // For how long it has been on does not matter: that is known.
        machine.pass(.seconds(9 * 86_400))
        machine.isSynchronised = true
        var again = machine.watch(after: kept)
        #expect((again.state(machine.reading) == .believed) == isBelieved)
        #expect(again.tick(machine.reading)?.anchor.bootTime == (isBelieved ? machine.bootTime : nil))
    }

    @Test("absurd times after a boot are in doubt", arguments: [Int64.min, .max, -1])
    func absurdAfterBoot(seconds: Int64) {
        var machine = MachineClocks()
        var watch = machine.watch()
        let kept = watch.tick(machine.reading)
        machine.reboot(after: .seconds(60))
        machine.isSynchronised = true
        machine.wallTime = WallTime(seconds: seconds)
        #expect(machine.watch(after: kept).state(machine.reading) != .believed)
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
