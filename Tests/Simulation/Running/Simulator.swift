import CSimulation
import Foundation
import Glibc

/// Runs seed after seed, and tells what it found.
final class Simulator {
    private let options: Options
    private var total = World.Counts()
    private var seeds = 0
    private let began = Simulator.processTime
    /// Chosen before the simulation has the process's random numbers.
    private let fresh = UInt64.random(in: 1_000_000...1_000_000_000_000)
    private var isSummarised = false

    init(_ options: Options) { self.options = options }

    /// - Returns: the exit code.
    func run() throws -> Int32 {
        if let seeds = options.seeds {
            if seeds.count == 1 { return try one(seeds.lowerBound) }
            return try finish(found: run(seeds))
        }
        let kept = try keptSeeds()
        var found = false
        for seed in kept where !found || options.goesOn { found = try run(seed...seed) || found }
        if found, !options.goesOn { return 1 }
        print("\(kept.count) seeds that once failed: \(found ? "not all of them pass" : "all pass")")
        guard options.isFresh else { return finish(found: found) }
        print("fresh seeds from \(fresh) on")
        return try finish(found: run(fresh...(.max)) || found)
    }

    private func finish(found: Bool) -> Int32 {
        if !isSummarised { summarise() }
        return found ? 1 : 0
    }

    /// - Returns: whether anything was found.
    private func run(_ seeds: ClosedRange<UInt64>) throws -> Bool {
        var found = false
        var seed = seeds.lowerBound
        while !isOver || seeds.count == 1 {
            let (world, finding) = try play(Plan(seed: seed, left: options.left), traced: options.isTraced)
            add(world)
            if options.showsHashes { print("seed \(seed) trace \(String(SimExecutor.shared.hash, radix: 16))") }
            if let finding {
                found = true
                print("seed \(seed): \(finding.rule.rawValue): \(finding.what)")
                if !options.goesOn {
                    summarise()
                    try tell(seed, finding)
                    return true
                }
            }
            guard seed < seeds.upperBound else { break }
            seed += 1
        }
        return found
    }

    /// Those of the file that are of the store that runs. A line is a store, a seed, and what it found.
    private func keptSeeds() throws -> [UInt64] {
        guard let path = options.keptSeeds else { return [] }
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 1, words[0] == options.store.rawValue else { return nil }
            return UInt64(words[1])
        }
    }

    private var isOver: Bool {
        guard let minutes = options.minutes ?? (options.seeds == nil ? 1 : nil) else { return false }
        return Simulator.processTime - began > minutes * 60
    }

    private func one(_ seed: UInt64) throws -> Int32 {
        let plan = Plan(seed: seed, kept: options.kept, order: options.order, left: options.left)
        let (world, finding) = try play(plan, traced: options.isTraced)
        add(world)
        summarise()
        print("trace \(String(SimExecutor.shared.hash, radix: 16))")
        guard let finding else { return 0 }
        print("seed \(seed): \(finding.rule.rawValue): \(finding.what)")
        if options.kept == nil { try tell(seed, finding) }
        return 1
    }

    private func play(_ plan: Plan, traced: Bool = false) throws -> (World, Auditor.Finding?) {
        sim_set_hash_seed(plan.order)
        let world = try World(plan: plan, store: options.store, trace: traced ? { print($0) } : nil)
        return (world, world.run())
    }

    // MARK: A finding

    private func tell(_ seed: UInt64, _ finding: Auditor.Finding) throws {
        print(
            "\nBROKEN \(finding.rule.rawValue)\n  \(finding.what)\n  seed \(seed), commit \(options.commit), store \(options.store.rawValue)"
        )
        guard options.shrinks else { return }
        let shrunk = try Shrinker(seed: seed, rule: finding.rule, left: options.left) { plan in try self.play(plan).1 }.shrink()
        let numbers = shrunk.events.map { String($0.number) }.joined(separator: ",")
        let order = shrunk.order == seed ? "" : " --order \(shrunk.orderNumber)"
        print("\nThe shortest sequence that was found, \(shrunk.events.count) of \(Plan(seed: seed).events.count) events:")
        _ = try play(shrunk, traced: true)
        print("\nAgain: Tests/simulate --store \(options.store.rawValue) --seed \(seed) --keep \(numbers)\(order) --trace")
    }

    // MARK: Counting

    private func add(_ world: World) {
        seeds += 1
        total.operations += world.counts.operations
        total.lives += world.counts.lives
        total.crashes += world.counts.crashes
        total.faults += world.counts.faults
        total.steps += world.counts.steps
        total.kmsCalls += world.counts.kmsCalls
        total.time += world.counts.time
    }

    private func summarise() {
        isSummarised = true
        let took = max(0.001, Simulator.processTime - began)
        func rate(_ count: Int) -> Int { Int(Double(count) / took) }
        print(
            """
            \(seeds) seeds, \(total.time / (3_600 * second)) simulated hours, \(total.operations) operations, \(total.lives) lives, \
            \(total.crashes) crashes, \(total.faults) faults of the store, \(total.kmsCalls) calls to the KMS, \(total.steps) steps \
            in \(Int(took * 1000)) ms: \(rate(total.operations)) operations, \(rate(total.lives)) lives, \(rate(total.steps)) steps a second
            """)
    }

    /// Seconds that this process has computed for.
    private static var processTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
