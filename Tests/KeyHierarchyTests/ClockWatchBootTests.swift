import KeyHierarchy
import Testing

@Suite("Whether the wall clock is believed after a boot")
struct ClockWatchBootTests {
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
}
