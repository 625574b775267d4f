internal import Bedrock
internal import Dispatch
package import KeyHierarchy
package import Keyring

/// Does the upkeep of the keys: renewals, polls, the next hour's keys, retention. It decides nothing; the plan does.
package final class UpkeepTimer: Sendable {
    private struct State {
        var plan = UpkeepPlan()
        var running: Set<UpkeepDuty> = []
    }

    private let hierarchies: Hierarchies
    private let clock: any BootClock
    private let wallClock: any WallClock
    private let queue = DispatchQueue(label: "ekmd.upkeep", qos: .userInitiated)
    private let state = Lock(State())
    private let timer = Lock<BootTimer?>(nil)

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
        made?.arm(at: clock.now.advanced(by: period))
    }

    package func stop() { timer.withLock { $0 = nil } }

    /// Looks what is due, and waits for it.
    package func tick() async {
        await withTaskGroup { group in
            for duty in due() { group.addTask { await self.perform(duty) } }
        }
    }

    private func fire() {
        for duty in due() { Task { await perform(duty) } }
        timer.withLock { $0?.arm(at: clock.now.advanced(by: period)) }
    }

    /// Often enough for the shortest time that is configured.
    private var period: Duration {
        let settings = hierarchies.keeper.settings
        return min(max(min(settings.pollInterval, settings.timeToLive) / 40, .milliseconds(20)), .seconds(1))
    }

    /// Those that are still under way from the last time are left out.
    private func due() -> [UpkeepDuty] {
        let (facts, settings, now, wallNow) = (hierarchies.upkeepFacts, hierarchies.keeper.settings, clock.now, wallClock.now)
        return state.withLock { state in
            state.plan.due(facts, settings: settings, now: now, wallNow: wallNow).filter { state.running.insert($0).inserted }
        }
    }

    private func perform(_ duty: UpkeepDuty) async {
        await duty.perform(on: hierarchies)
        state.withLock { _ = $0.running.remove(duty) }
    }
}
