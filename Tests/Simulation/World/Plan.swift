import TestSupport

/// Everything that a seed has happen, but for the order and the times that the executor decides.
struct Plan {
    let seed: UInt64
    let environments: Int
    let keys: Int
    /// Whether some ids are equal by Unicode, and not by their bytes.
    let hasEqualNames: Bool
    let events: [PlanEvent]
    /// Which of the whole plan's events were kept; nil: all.
    let kept: [Int]?
    let end: UInt64
    /// Seeds the executor.
    let order: UInt64
    /// Which order that is: 0 is the seed's own.
    let orderNumber: UInt64

    /// - Parameters:
    ///   - kept: the numbers of the events that happen; nil: all of them.
    ///   - order: another order of tasks and times than the seed's own; 0: the seed's own.
    ///   - left: kinds of events that do not happen.
    init(seed: UInt64, kept: [Int]? = nil, order: UInt64 = 0, left: [PlanEvent.Kind] = []) {
        var random = SeededRandom(seed: seed &* 0x9e37_79b9 ^ 0x51b5)
        self.seed = seed
        self.kept = kept
        orderNumber = order
        self.order = seed ^ order &* 0x1234_5678_9abc_def1
        environments = 1 + random.below(2)
        keys = 2 + random.below(2)
        hasEqualNames = random.happens(inThousand: 60)

        var weights: [(PlanEvent.Kind, Int)] = []
        for kind in PlanEvent.Kind.allCases {
            let share = kind.isAlwaysThere || random.happens(inThousand: 600) ? 30 + random.below(200) : 0
            if share > 0 { weights.append((kind, kind.weight * share)) }
        }
        let sum = weights.map(\.1).reduce(0, +)

        // How much of the time is spent waiting: some seeds last an hour, others days.
        let longGap = random.one(of: [600, 3_600, 3 * 3_600, 8 * 3_600]) * second
        let count = 60 + random.below(260)
        var events: [PlanEvent] = []
        var at: UInt64 = second
        var made: [PlanEvent.Kind: [Int]] = [:]
        for number in 0..<count {
            at += Self.gap(longGap, &random)
            var choice = random.below(sum)
            var kind = PlanEvent.Kind.encrypt
            for (candidate, weight) in weights {
                choice -= weight
                if choice < 0 {
                    kind = candidate
                    break
                }
            }
            if number < environments { kind = .create }
            if let last = events.last, random.happens(inThousand: 150), let next = last.kind.consequences.randomElement(using: &random) {
                kind = next
            }
            var subject: Int?
            switch kind {
            case .decrypt: subject = Self.pick(made[.encrypt], &random)
            case .openLent: subject = Self.pick(made[.lend], &random)
            case .encrypt, .lend: made[kind, default: []].append(number)
            default: break
            }
            let environment = number < environments ? number : random.below(environments)
            events.append(
                PlanEvent(
                    number: number, at: at, kind: kind, environment: environment, a: random.next(), b: random.next(), subject: subject))
        }
        end = at + 5 * second
        let kept = kept.map(Set.init)
        self.events = events.filter { (kept?.contains($0.number) ?? true) && !left.contains($0.kind) }
    }

    private static func gap(_ longest: UInt64, _ random: inout SeededRandom) -> UInt64 {
        switch random.below(1000) {
        case ..<550: random.between(0, 200 * millisecond)
        case ..<800: random.between(0, 5 * second)
        case ..<930: random.between(0, 120 * second)
        case ..<985: random.between(0, 1_800 * second)
        default: random.between(0, longest)
        }
    }

    /// One of the last few, or any.
    private static func pick(_ made: [Int]?, _ random: inout SeededRandom) -> Int? {
        guard let made, !made.isEmpty else { return nil }
        return random.happens(inThousand: 600) ? random.one(of: Array(made.suffix(4))) : random.one(of: made)
    }
}
