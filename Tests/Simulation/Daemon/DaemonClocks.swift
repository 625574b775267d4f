import KeyHierarchy

struct DaemonBootClock: BootClock {
    let clocks: SimClocks

    var now: BootInstant { BootInstant(nanoseconds: clocks.bootTime) }
}

struct DaemonWallClock: WallClock {
    let clocks: SimClocks

    var now: WallTime { WallTime(seconds: clocks.wall) }
}

struct DaemonClockFacts: ClockFacts {
    let clocks: SimClocks

    var bootID: String {
        let digits = String(clocks.boots)
        return "00000000-0000-0000-0000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    var isSynchronised: Bool { clocks.isSynchronised }
}
