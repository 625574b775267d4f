internal import Bedrock

/// Watches this machine's clocks with a ``ClockWatch``, and keeps its ticks in the store.
package final class ClockJudge: Sendable {
    private let store: any LifeCycleStore
    private let clock: any BootClock
    private let wallClock: any WallClock
    private let facts: any ClockFacts
    private let watch: Lock<ClockWatch>

    package init(
        store: any LifeCycleStore, clock: any BootClock = SystemBootClock(), wallClock: any WallClock = SystemWallClock(),
        facts: any ClockFacts = SystemClockFacts()
    ) {
        self.store = store
        self.clock = clock
        self.wallClock = wallClock
        self.facts = facts
        watch = Lock(ClockWatch(previous: nil, boot: facts.bootID))
    }

    /// Reads the tick that was kept last. Call once, before anything that asks for the time.
    package func load() async throws(KeyStoreError) {
        let watch = ClockWatch(previous: try await store.clockTick(), boot: facts.bootID)
        self.watch.withLock { $0 = watch }
        await tick()
    }

    /// To be called every 20 seconds or so: what is judged goes by the last tick that was believed.
    package func tick() async {
        let now = reading
        let due = watch.withLock { $0.tick(now) }
        // A tick that could not be kept is no loss: a start judges by the one before, and the next is due in a minute.
        if let due { try? await store.keep(due) }
    }

    /// What the clock is judged to be at this moment, also where it jumped since the last tick.
    package var state: ClockWatch.State {
        let now = reading
        return watch.withLock { $0.state(now) }
    }

    /// The wall time for what must not be fooled by a clock that jumped; see ``ClockWatch/believedNow(_:)``.
    package var believedNow: WallTime {
        let now = reading
        return watch.withLock { $0.believedNow(now) }
    }

    /// Believes the clock as it is now, also after a restart.
    /// - Throws: when it could not be kept; the clock is in doubt still.
    package func accept() async throws(KeyStoreError) {
        let now = reading
        var accepted = watch.withLock { $0 }
        let tick = accepted.accept(now)
        try await store.keep(tick)
        watch.withLock { [accepted] in $0 = accepted }
    }

    /// For what cannot be undone.
    /// - Parameter what: a sentence about what waits for the clock.
    /// - Throws: `.clockInDoubt`.
    package func requireBelieved(_ what: String) throws(HierarchyError) {
        guard case .doubt(let reason) = state else { return }
        throw HierarchyError(
            .clockInDoubt, "\(what). \(reason)", remedy: "Set the clock right; or, if it is right, run `ekmctl clock accept`.")
    }

    private var reading: ClockReading {
        ClockReading(bootTime: clock.now, wallTime: wallClock.now, isSynchronised: facts.isSynchronised)
    }
}
