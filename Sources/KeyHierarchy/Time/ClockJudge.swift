internal import Cryptography

/// Watches this machine's clocks with a ``ClockWatch``, and keeps its ticks in the store.
package final class ClockJudge: Sendable {
    private let store: any LifeCycleStore
    private let clock: any BootClock
    private let wallClock: any WallClock
    private let facts: any ClockFacts
    private let watch = Lock<ClockWatch?>(nil)

    package init(
        store: any LifeCycleStore, clock: any BootClock = SystemBootClock(), wallClock: any WallClock = SystemWallClock(),
        facts: any ClockFacts = SystemClockFacts()
    ) {
        self.store = store
        self.clock = clock
        self.wallClock = wallClock
        self.facts = facts
    }

    /// Reads the tick that was kept last. Call once, before anything that asks for the time; until then the clock is in doubt.
    package func load() async throws(KeyStoreError) {
        let previous = try await store.clockTick()
        let now = reading
        let watch = ClockWatch(previous: previous, boot: facts.bootID, now: now)
        self.watch.withLock { $0 = watch }
        await tick()
    }

    /// Judges the clock again; to be called every 20 seconds or so.
    /// - Returns: what it is judged to be.
    @discardableResult
    package func tick() async -> ClockWatch.State {
        let now = reading
        let due = watch.withLock { $0?.tick(now) }
        // A tick that could not be kept is no loss: a start judges by the one before, and the next is due in a minute.
        if let due { try? await store.keep(due) }
        return state
    }

    package var state: ClockWatch.State {
        watch.withLock { $0?.state } ?? .doubt("The clock has not been judged yet: the daemon is starting.")
    }

    /// The wall time for what must not be fooled by a clock that jumped; see ``ClockWatch/believedNow(_:)``.
    package var believedNow: WallTime {
        let now = reading
        return watch.withLock { $0?.believedNow(now) } ?? now.wallTime
    }

    /// Believes the clock as it is now, also after a restart.
    /// - Throws: when it could not be kept; the clock is in doubt still.
    package func accept() async throws(KeyStoreError) {
        let now = reading
        var accepted = watch.withLock { $0 } ?? ClockWatch(previous: nil, boot: facts.bootID, now: now)
        let tick = accepted.accept(now)
        try await store.keep(tick)
        watch.withLock { [accepted] in $0 = accepted }
    }

    /// For what cannot be undone.
    /// - Throws: `.clockInDoubt`. The clock is judged anew, so that a jump since the last tick is not overlooked.
    package func refuseDoubt() async throws(HierarchyError) {
        guard case .doubt(let reason) = await tick() else { return }
        throw HierarchyError(
            .clockInDoubt, reason, remedy: "Set the clock right; or, if it is right, run `ekmctl clock accept`.")
    }

    private var reading: ClockReading {
        ClockReading(bootTime: clock.now, wallTime: wallClock.now, isSynchronised: facts.isSynchronised)
    }
}
