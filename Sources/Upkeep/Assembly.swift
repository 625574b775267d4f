package import KeyHierarchy
package import Keyring

/// Everything of a running daemon but its socket: the hierarchies, and the timers and jobs that look after them.
package final class Assembly: Sendable {
    package let hierarchies: Hierarchies
    package let observers: KeyringObservers
    package let expiry: ExpiryTimer
    package let upkeep: UpkeepTimer
    package let repacks: RepackJobs

    /// - Parameters:
    ///   - clock: with another clock than the system's nothing happens by itself: whoever moves it calls ``tick()``.
    ///   - observers: those that are to hear everything from the beginning may be added before.
    package init(
        store: any KeyStore & ClockLedger, provider: any MainKeyProvider, root: RootKey, settings: KeyringSettings = KeyringSettings(),
        clock: any BootClock = SystemBootClock(), wallClock: any WallClock = SystemWallClock(),
        clockFacts: any ClockFacts = SystemClockFacts(), observers: KeyringObservers = KeyringObservers()
    ) {
        self.observers = observers
        hierarchies = Hierarchies(
            store: store, clockLedger: store, provider: provider, root: root, settings: settings, clock: clock, wallClock: wallClock,
            clockFacts: clockFacts, observer: observers.tell)
        expiry = ExpiryTimer(hierarchies, observers: observers, clock: clock)
        upkeep = UpkeepTimer(hierarchies, clock: clock, wallClock: wallClock)
        repacks = RepackJobs(hierarchies, observers: observers)
    }

    /// Reads the environments, but none of their keys. Call once, before anything else.
    package func load() async throws(KeyStoreError) { try await hierarchies.load() }

    /// Begins the upkeep, and takes up what a stop or a crash interrupted.
    package func start() {
        upkeep.start()
        repacks.resume()
    }

    /// Begins nothing more. What is under way ends by itself.
    package func stop() {
        upkeep.stop()
        repacks.stop()
    }

    /// Does what is due by the clocks that somebody moved, before it returns.
    package func tick() async {
        expiry.tick()
        await upkeep.tick()
    }
}
