internal import Cryptography
internal import Dispatch
package import KeyHierarchy

/// Wipes each environment's keys at its deadline. Every use checks the deadline itself: this only sees to it that nothing stays in memory.
///
/// Its queue is `.userInteractive`, which has threads of its own: it fires on time however busy everything else is.
package final class ExpiryTimer: Sendable {
    private let keyring: Keyring
    private let clock: any BootClock
    private let queue = DispatchQueue(label: "ekmd.expiry", qos: .userInteractive)
    private let expiry = Lock(Expiry())
    private let timer = Lock<BootTimer?>(nil)

    /// Call before the keyring proves anything.
    /// - Parameter clock: with another clock than the system's nothing fires by itself: whoever moves it calls ``tick()``.
    package init(keyring: Keyring, observers: KeyringObservers, clock: any BootClock = SystemBootClock()) {
        self.keyring = keyring
        self.clock = clock
        if clock is SystemBootClock {
            let made = BootTimer(queue: queue) { [weak self] in self?.handle(.tick) }
            precondition(made != nil, "a timerfd, of which one is needed, can be had at start")
            timer.withLock { $0 = made }
        }
        observers.add { [weak self] event in
            guard let self else { return }
            // Not on the keyring's thread, which may hold much up.
            switch event {
            case .proved(let environment, let deadline): queue.async { self.handle(.deadline(environment, deadline)) }
            case .wiped(let environment): queue.async { self.handle(.wiped(environment)) }
            case .dropped, .verdict, .damaged, .adopted, .repackDue, .repacked, .warning, .clock, .purged: break
            }
        }
    }

    /// Looks at the clock, and wipes what is due, before it returns.
    package func tick() { queue.sync { handle(.tick) } }

    /// Returns once the queue has run something, so that a watchdog can tell it is alive.
    package func isAlive() async -> Bool {
        await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: true) } }
    }

    private func handle(_ event: Expiry.Event) {
        let actions = expiry.withLock { $0.next(event, now: clock.now) }
        for action in actions {
            switch action {
            case .wipe(let environment): keyring.expire(environment)
            case .wake(let instant): timer.withLock { $0?.arm(at: instant) }
            }
        }
    }
}
