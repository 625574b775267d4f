internal import Bedrock
internal import Dispatch
package import KeyHierarchy
package import Keyring

/// Does the upkeep of the keys: renewals, polls, the next hour's keys, retention. It decides nothing; the plan does.
package final class UpkeepTimer: Sendable {
    private let hierarchies: Hierarchies
    private let clock: any BootClock
    private let wallClock: any WallClock
    let queue = DispatchQueue(label: "ekmd.upkeep", qos: .userInitiated)
    /// For the timer's turn alone, which reads what the plan asks for meanwhile.
    private let plan = Lock(UpkeepPlan())
    private let running = Lock<Set<UpkeepDuty>>([])
    private let timer = Lock<BootTimer?>(nil)
    /// When the timer was to fire.
    private let nextFire = Lock<BootInstant?>(nil)
    /// How late it may be.
    private static let patience = Duration.seconds(5)

    /// - Parameter clock: with another clock than the system's nothing happens by itself: whoever moves it calls ``tick()``.
    package init(_ hierarchies: Hierarchies, clock: any BootClock, wallClock: any WallClock) {
        self.hierarchies = hierarchies
        self.clock = clock
        self.wallClock = wallClock
    }

    /// Begins; call once the keyring is loaded.
    package func start() {
        guard clock is SystemBootClock else { return }
        let made = BootTimer(queue: queue) { [weak self] in self?.fire() }
        precondition(made != nil, "a timerfd, of which one is needed, can be had at start")
        timer.withLock { $0 = made }
        arm()
    }

    package func stop() { timer.withLock { $0 = nil } }

    /// Returns once the queue has run something, and the timer is not long overdue.
    package func isAlive() async -> Bool {
        while await isOverdue {
            // What is due after a suspension fires in a moment.
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return false }
        }
        return true
    }

    private var isOverdue: Bool {
        get async {
            await withCheckedContinuation { continuation in
                queue.async { [self] in
                    let due = timer.withLock { $0 == nil } ? nil : nextFire.withLock { $0 }
                    continuation.resume(returning: due.map { $0.advanced(by: Self.patience) < clock.now } ?? false)
                }
            }
        }
    }

    /// Looks what is due, and waits for it.
    package func tick() async {
        await withTaskGroup { group in
            for duty in due() { group.addTask { await self.perform(duty) } }
        }
    }

    private func fire() {
        for duty in due() { Task { await perform(duty) } }
        arm()
    }

    private func arm() {
        let instant = clock.now.advanced(by: period)
        nextFire.withLock { $0 = instant }
        timer.withLock { $0?.arm(at: instant) }
    }

    /// Often enough for the shortest time that is configured.
    private var period: Duration { UpkeepPlan.period(hierarchies.keeper.settings) }

    /// Those that are still under way from the last time are left out.
    private func due() -> [UpkeepDuty] {
        let (settings, now, wallNow) = (hierarchies.keeper.settings, clock.now, wallClock.now)
        let duties = plan.withLock { plan in
            for id in hierarchies.keyring.takeMoved() { plan.note(id, hierarchies.upkeepFacts(of: id), settings: settings, now: now) }
            return plan.due(settings: settings, now: now, wallNow: wallNow) { hierarchies.upkeepFacts(of: $0) }
        }
        return running.withLock { running in duties.filter { running.insert($0).inserted } }
    }

    private func perform(_ duty: UpkeepDuty) async {
        await duty.perform(on: hierarchies)
        running.withLock { _ = $0.remove(duty) }
    }
}
