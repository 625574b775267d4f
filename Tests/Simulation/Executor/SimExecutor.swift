import CSimulation
import Glibc
import TestSupport
@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency

/// Runs every task of the process, and all work for Dispatch's queues, on one thread, in an order and at times that a seed decides.
///
/// Sendable although it has no lock: only the simulating thread ever touches it.
final class SimExecutor: TaskExecutor, SchedulingExecutor, @unchecked Sendable {
    static let shared = SimExecutor()

    /// No job waits longer than that for its turn, however slow the machine is.
    static let longestStall: UInt64 = 2 * second
    static let begin: UInt64 = 1_000 * second

    private enum Work {
        case job(UnownedJob)
        /// A block for a Dispatch queue.
        case block(queue: UnsafeMutableRawPointer, UnsafeMutableRawPointer)
    }

    private struct Ready {
        let work: Work
        let since: UInt64
    }

    private enum Happening {
        case job(UnownedJob)
        case resume(UnsafeContinuation<Void, Never>)
        case run(() -> Void)
    }

    private struct Event {
        let at: UInt64
        let tie: UInt64
        let what: Happening
    }

    private var ready: [Ready] = []
    /// A binary heap.
    private var events: [Event] = []
    /// Nanoseconds of true time.
    private(set) var now = begin
    private var random = SeededRandom(seed: 0)
    /// Of what nobody asked for.
    private(set) var fortune = Fortune(0)
    private(set) var steps = 0
    /// Of everything that happened: equal runs have equal hashes.
    private(set) var hash: UInt64 = 0
    private let owner = pthread_self()

    private init() {}

    /// Begins a world of its own.
    func reset(seed: UInt64) {
        precondition(ready.isEmpty, "the world before has come to rest")
        events = []
        now = Self.begin
        random = SeededRandom(seed: seed)
        fortune = Fortune(seed ^ 0xf0)
        steps = 0
        hash = 0xcbf2_9ce4_8422_2325
        sim_enter(seed ^ 0x5eed)
        sim_set_time(now)
        sim_take_work { queue, block in
            guard let queue, let block else { preconditionFailure("Dispatch gives a queue and a block") }
            SimExecutor.shared.add(.block(queue: queue, block))
        }
    }

    func note(_ value: UInt64) {
        hash = (hash ^ value) &* 0x100_0000_01b3
        hash ^= hash >> 29
    }

    // MARK: What Swift's runtime gives

    func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

    func enqueue<C: Clock>(_ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C) {
        push(.job(UnownedJob(job)), at: now + Self.nanoseconds(delay as? Duration))
    }

    func enqueue<C: Clock>(_ job: consuming ExecutorJob, at instant: C.Instant, tolerance: C.Duration?, clock: C) {
        push(.job(UnownedJob(job)), at: now + Self.nanoseconds(clock.now.duration(to: instant) as? Duration))
    }

    private func add(_ work: Work) {
        precondition(pthread_equal(pthread_self(), owner) != 0, "everything runs on the simulating thread")
        ready.append(Ready(work: work, since: now))
    }

    private static func nanoseconds(_ duration: Duration?) -> UInt64 {
        let (seconds, attoseconds) = (duration ?? .zero).components
        return UInt64(max(0, seconds)) * second + UInt64(max(0, attoseconds / 1_000_000_000))
    }

    // MARK: What the world plans

    /// Something that happens whether the daemon lives or not.
    func at(_ time: UInt64, _ run: @escaping () -> Void) { push(.run(run), at: time) }

    /// Part of what the daemon waits for; it comes at once when the daemon dies.
    func sleep(_ nanoseconds: UInt64) async {
        await withUnsafeContinuation { push(.resume($0), at: now + nanoseconds) }
    }

    private func push(_ what: Happening, at time: UInt64) {
        events.append(Event(at: max(time, now), tie: random.next(), what: what))
        var child = events.count - 1
        while child > 0, Self.precedes(events[child], events[(child - 1) / 2]) {
            events.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func pop() -> Event {
        events.swapAt(0, events.count - 1)
        let event = events.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < events.count && Self.precedes(events[child], events[least]) {
                least = child
            }
            guard least != parent else { return event }
            events.swapAt(parent, least)
            parent = least
        }
    }

    private static func precedes(_ a: Event, _ b: Event) -> Bool { (a.at, a.tie) < (b.at, b.tie) }

    // MARK: Steps

    /// One job or one event; false when there is nothing left to do.
    func step() -> Bool {
        if !ready.isEmpty, !isOvertaken() {
            let index = random.below(ready.count)
            note(UInt64(index) << 32 | UInt64(ready.count))
            advance(to: now + random.between(0, 20_000))
            run(index)
            return true
        }
        guard !events.isEmpty else { return false }
        let event = pop()
        advance(to: max(now, event.at))
        note(event.at)
        steps += 1
        switch event.what {
        case .job(let job): add(.job(job))
        case .resume(let continuation): continuation.resume()
        case .run(let body): body()
        }
        return true
    }

    /// Now and then the machine is slow: an event comes before what is ready has run.
    private func isOvertaken() -> Bool {
        guard random.happens(inThousand: 10), let next = events.first?.at else { return false }
        return ready.allSatisfy { next <= $0.since + Self.longestStall }
    }

    private func run(_ index: Int) {
        let work = ready[index].work
        ready.swapAt(index, ready.count - 1)
        ready.removeLast()
        steps += 1
        switch work {
        case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .block(let queue, let block): sim_run_work(queue, block)
        }
    }

    private func advance(to time: UInt64) {
        now = time
        sim_set_time(time)
    }

    /// The daemon died: what it waits for comes at once, time stands still, and all of its tasks run to their end.
    func drain() {
        var rounds = 0
        while true {
            var kept: [Event] = []
            for event in events {
                switch event.what {
                case .job(let job): add(.job(job))
                case .resume(let continuation): continuation.resume()
                case .run: kept.append(event)
                }
            }
            events = kept.sorted(by: Self.precedes)
            guard !ready.isEmpty else { return }
            while !ready.isEmpty { run(random.below(ready.count)) }
            rounds += 1
            precondition(rounds < 100_000, "a daemon that died comes to an end")
        }
    }

    /// The world is over: what it had planned is forgotten.
    /// - Parameter keepingTasks: keeps what tasks still wait for.
    func clear(keepingTasks: Bool) {
        events = events.filter { event in
            if case .run = event.what { false } else { keepingTasks }
        }
        events.sort(by: Self.precedes)
    }
}

let microsecond: UInt64 = 1_000
let millisecond: UInt64 = 1_000_000
let second: UInt64 = 1_000_000_000
