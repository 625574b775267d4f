internal import Bedrock
internal import Cryptography
package import KeyHierarchy

/// Watches this machine's clocks with a ``ClockWatch``, and keeps its ticks in this host's ledger.
package final class ClockJudge: Sendable {
    private struct State {
        var watch: ClockWatch
        /// The one that lasts.
        var span = BeliefSpan(isDoubt: false)
        /// Whether the store may know of a doubt that lasts.
        var mayBeOpen = true
        /// As it was told last.
        var told = ClockWatch.State.believed

        /// The span that lasts now; the one before ends when it is looked at after belief went or returned.
        mutating func look(_ now: ClockReading) -> BeliefSpan {
            let isDoubt = watch.state(now) != .believed
            if span.isDoubt != isDoubt {
                span.end()
                span = BeliefSpan(isDoubt: isDoubt)
                mayBeOpen = mayBeOpen || isDoubt
            }
            return span
        }
    }

    private let store: any KeyStore
    private let ledger: any ClockLedger
    private let clock: any BootClock
    private let wallClock: any WallClock
    private let facts: any ClockFacts
    private let current: Lock<State>
    private let changed: @Sendable (ClockWatch.State) -> Void

    /// - Parameter changed: is told when belief goes or returns.
    package init(
        store: any KeyStore, ledger: any ClockLedger, clock: any BootClock, wallClock: any WallClock, facts: any ClockFacts,
        changed: @escaping @Sendable (ClockWatch.State) -> Void = { _ in }
    ) {
        self.store = store
        self.ledger = ledger
        self.clock = clock
        self.wallClock = wallClock
        self.facts = facts
        self.changed = changed
        current = Lock(State(watch: ClockWatch(previous: nil, boot: facts.bootID)))
    }

    /// Reads the tick that was kept last. Call once, before anything that asks for the time.
    package func load() async throws(KeyStoreError) {
        let watch = ClockWatch(previous: try await ledger.clockTick(), boot: facts.bootID)
        current.withLock { $0.watch = watch }
        await tick()
    }

    /// To be called every 20 seconds or so: what is judged goes by the last tick that was believed.
    package func tick() async {
        let now = reading
        let due = current.withLock { $0.watch.tick(now) ?? $0.watch.bound(now) }
        // A tick that could not be kept is no loss: a start judges by the one before, and the next is due in a minute.
        if let due { try? await ledger.keep(due) }
        await endDoubt()
        let state = state
        let told = current.withLock { current in
            defer { current.told = state }
            return current.told
        }
        if state != told { changed(state) }
    }

    /// What the clock is judged to be at this moment, also where it jumped since the last tick.
    package var state: ClockWatch.State {
        let now = reading
        return current.withLock { $0.watch.state(now) }
    }

    /// The wall time for what must not be fooled by a clock that jumped; see ``ClockWatch/believedNow(_:)``.
    package var believedNow: WallTime {
        let now = reading
        return current.withLock { $0.watch.believedNow(now) }
    }

    /// Believes the clock as it is now, also after a restart.
    /// - Throws: when it could not be kept; the clock is in doubt still.
    package func accept() async throws(KeyStoreError) {
        let now = reading
        var accepted = current.withLock { $0.watch }
        let tick = accepted.accept(now)
        try await ledger.keep(tick)
        current.withLock { [accepted] in $0.watch = accepted }
        await endDoubt()
    }

    /// For what cannot be undone.
    /// - Parameter what: a sentence about what waits for the clock.
    /// - Throws: `.clockInDoubt`.
    package func requireBelieved(_ what: String) throws(HierarchyError) {
        guard case .doubt(let reason) = state else { return }
        throw HierarchyError(
            .clockInDoubt, "\(what). \(reason)", remedy: "Set the clock right; or, if it is right, run `ekmctl clock accept`.")
    }

    // MARK: What is made in doubt

    /// For what is made now.
    var stamp: Stamp {
        let now = reading
        return current.withLock { current in
            Stamp(current.watch.believedNow(now), doubt: current.look(now).isDoubt ? Stamp.Doubt() : nil)
        }
    }

    var isInDoubt: Bool {
        let now = reading
        return current.withLock { $0.look(now).isDoubt }
    }

    /// The span in which a key of that stamp encrypts: the one that lasts, or one that is over.
    func span(of stamp: Stamp) -> BeliefSpan {
        let now = reading
        let span = current.withLock { $0.look(now) }
        if span.isDoubt == (stamp.doubt != nil), stamp.doubt?.endedAt == nil { return span }
        let over = BeliefSpan(isDoubt: !span.isDoubt)
        over.end()
        return over
    }

    /// Once belief has returned, what was made in doubt counts from now.
    private func endDoubt() async {
        let now = reading
        let isDue = current.withLock { current in
            guard !current.look(now).isDoubt else { return false }
            defer { current.mayBeOpen = false }
            return current.mayBeOpen
        }
        guard isDue else { return }
        do throws(KeyStoreError) { try await store.endDoubt(at: believedNow) } catch {
            // The next tick tries again: until then nothing of it counts.
            current.withLock { $0.mayBeOpen = true }
        }
    }

    private var reading: ClockReading {
        ClockReading(bootTime: clock.now, wallTime: wallClock.now, isSynchronised: facts.isSynchronised)
    }
}
