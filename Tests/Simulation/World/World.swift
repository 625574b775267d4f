import TestSupport

/// One seed's world: the daemon's lives, and all that happens around them.
///
/// Sendable although it has no lock: only the simulating thread ever touches it.
final class World: @unchecked Sendable {
    struct Counts {
        var operations = 0
        var lives = 0
        var crashes = 0
        var faults = 0
        var steps = 0
        var kmsCalls = 0
        var time: UInt64 = 0
    }

    let plan: Plan
    let executor = SimExecutor.shared
    let clocks: SimClocks
    let kms: SimKMS
    let weather: StoreWeather
    let auditor: Auditor
    let trace: ((String) -> Void)?
    let base: DaemonBase
    private(set) var life: DaemonLife?
    /// One that starts.
    private var rising: DaemonLife?
    var settings = DaemonSettings()
    var counts = Counts()
    /// Acts of operators that were not answered yet.
    var actsUnderWay = 0
    private(set) var isAtRest = false
    /// Whether everything must work by now.
    var mustServe = false
    private var ticks: SeededRandom
    /// Set while the daemon is to crash with one of its next writes.
    var crashPause: UInt64?
    private var isOver = false
    /// In a row, because the store could not be opened: a service manager waits longer each time.
    private var refusedStarts: UInt64 = 0
    private var lastVerdicts: [String: String] = [:]
    /// The machine was started, and the daemon has not seen and kept a clock that is right since.
    var mayBeSet = false
    /// When anybody asked for something last.
    var lastRequest: UInt64 = 0

    static let mostSteps = 4_000_000

    init(plan: Plan, store: DaemonBase.Kind, trace: ((String) -> Void)?) throws {
        executor.reset(seed: plan.order)
        self.plan = plan
        self.trace = trace
        let clocks = SimClocks(executor: executor)
        let auditor = Auditor(clocks: clocks)
        self.clocks = clocks
        self.auditor = auditor
        weather = StoreWeather(executor: executor)
        kms = SimKMS(executor: executor) { auditor.answered($0) }
        base = try DaemonBase(store)
        ticks = SeededRandom(seed: plan.order ^ 0x71c)
        var random = SeededRandom(seed: plan.seed ^ 0xfab)
        for key in 0..<plan.keys { kms.add(Self.keyName(key), tellsGenerations: random.happens(inThousand: 600)) }
        if let trace { auditor.say = { [unowned self] in trace("\(self.stamp) \($0)") } }
    }

    static func keyName(_ key: Int) -> String { "kms-\(key)" }

    var stamp: String {
        let time = executor.now - SimExecutor.begin
        let (whole, part) = (time / second, time % second / millisecond)
        func padded(_ number: UInt64, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return "\(whole / 3600):\(padded(whole / 60 % 60, 2)):\(padded(whole % 60, 2)).\(padded(part, 3))"
    }

    func say(_ what: @autoclosure () -> String) {
        if let trace, auditor.finding == nil { trace("\(stamp) \(what())") }
    }

    // MARK: Running

    /// - Returns: what was found, if anything was.
    func run() -> Auditor.Finding? {
        start()
        for event in plan.events { executor.at(SimExecutor.begin + event.at) { [unowned self] in perform(event) } }
        executor.at(SimExecutor.begin + plan.end) { [unowned self] in rest() }
        tick()
        while auditor.finding == nil, !isOver, executor.steps < Self.mostSteps, executor.step() {
            if base.isKilled { crash(pause: crashPause ?? second) }
        }
        if executor.steps >= Self.mostSteps { auditor.breaks(.everythingRests, "it goes on and on") }
        counts.time = executor.now - SimExecutor.begin
        counts.steps = executor.steps
        counts.faults += weather.faults
        counts.kmsCalls = kms.calls
        end()
        return auditor.finding
    }

    /// Leaves nothing behind.
    private func end() {
        isOver = true
        executor.clear(keepingTasks: true)
        weather.leave()
        if let life = life ?? rising { bury(life) }
        executor.drain()
        life = nil
        base.end()
        executor.clear(keepingTasks: false)
    }

    private func start() {
        guard !isOver, life == nil, rising == nil else { return }
        counts.lives += 1
        let box: StoreBox
        do { box = try base.open(now: DaemonLife.wallTime(clocks)) } catch {
            say("the store cannot be opened: \(error)")
            if base.isKilled { base.bury() }
            refusedStarts += 1
            return restart(after: min(2 << min(refusedStarts, 6), 60) * second)
        }
        let life = DaemonLife(
            over: base, box, world: DaemonWorld(executor: executor, clocks: clocks, kms: kms, weather: weather), settings: settings,
            told: { [unowned self] in hear($0) })
        rising = life
        say("the daemon starts")
        Task {
            let found = await life.start()
            guard rising === life else { return }
            rising = nil
            guard let found else {
                say("the daemon's start was refused: \(life.refusal ?? "it died")")
                executor.at(executor.now) { [unowned self] in
                    bury(life)
                    restart(after: 2 * second)
                }
                return
            }
            refusedStarts = 0
            say("the daemon is up: \(found.map(\.name).joined(separator: ", "))")
            self.life = life
            auditor.started(found)
        }
    }

    /// As the service manager does.
    private func restart(after pause: UInt64) { executor.at(executor.now + pause) { [unowned self] in start() } }

    /// Ends a process: nothing that is still under way in it reaches anybody.
    private func bury(_ life: DaemonLife, powerCut: UInt64? = nil) {
        life.die()
        base.kill()
        executor.drain()
        life.wipe()
        executor.drain()
        base.bury(powerCut: powerCut)
    }

    private func hear(_ told: Told) {
        let sentence = sentence(told)
        if let sentence { say(sentence) }
        auditor.told(told)
    }

    /// Nil where the same was told of the environment before.
    private func sentence(_ told: Told) -> String? {
        guard trace != nil else { return nil }
        func name(_ id: String) -> String { auditor.environments[id]?.name ?? String(id.prefix(6)) }
        switch told {
        case .verdict(let id, let denies, let wipes):
            let verdict = wipes ? "revoked or mismatched" : denies ? "restricted" : "granted, or no answer"
            guard lastVerdicts.updateValue(verdict, forKey: id) != verdict else { return nil }
            return "told: \(name(id)): \(verdict)"
        case .adopted(let id, _, let isReplacement): return "told: \(name(id)): a \(isReplacement ? "replacement" : "rotation") took effect"
        case .repacked(let id, _): return "told: \(name(id)): every key hangs under the new version"
        case .damaged(let id, let what): return "told: \(name(id)) is damaged: \(what)"
        case .givenUp(let id): return "told: \(name(id)): the main key that waited was given up"
        }
    }

    /// The daemon's process ends here and now; what the store has committed is all that stays.
    /// - Parameters:
    ///   - pause: until the next start; nanoseconds.
    ///   - powerCut: as of ``DaemonBase/bury(powerCut:)``.
    func crash(pause: UInt64, powerCut: UInt64? = nil) {
        crashPause = nil
        guard let life = life ?? rising else {
            if base.isKilled { base.bury(powerCut: powerCut) }
            return
        }
        counts.crashes += 1
        auditor.died()
        self.life = nil
        rising = nil
        weather.leave()
        bury(life, powerCut: powerCut)
        restart(after: pause)
    }

    /// The daemon's timers, more seldom where nobody asks for anything.
    private func tick() {
        guard !isOver else { return }
        if let life {
            // The same for the same minute, whatever came before.
            let fortune = Fortune(plan.order &+ executor.now / (60 * second))
            Task {
                await Fortune.$current.withValue(fortune) { await life.tick() }
                if life === self.life, clocks.wallError == 0, clocks.isSynchronised, weather.isFair { mayBeSet = false }
            }
        }
        let isQuiet = !isAtRest && executor.now > lastRequest + 420 * second
        let pause = isQuiet ? ticks.between(60 * second, 500 * second) : ticks.between(4 * second, 32 * second)
        executor.at(executor.now + pause) { [unowned self] in tick() }
    }

    // MARK: Rest

    private func rest() {
        say("all is well from here on")
        isAtRest = true
        weather.clear()
        kms.heal()
        clocks.setRight()
        settings = DaemonSettings()
        auditor.timeToLive = 300 * second
        Task {
            await settle()
            isOver = true
        }
    }
}
