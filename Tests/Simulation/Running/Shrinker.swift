/// Leaves out of a plan what a finding does not need, as long as the same rule breaks.
struct Shrinker {
    let seed: UInt64
    let rule: Rule
    let left: [PlanEvent.Kind]
    let play: (Plan) throws -> Auditor.Finding?

    private static let mostPlays = 1_500
    /// Other orders that are tried where the plan's own does not break the rule any more.
    private static let orders: [UInt64] = [0, 1, 2]

    func shrink() throws -> Plan {
        var best = Plan(seed: seed, left: left)
        var plays = 0
        var size = max(1, best.events.count / 2)
        while size >= 1, plays < Self.mostPlays {
            var start = 0
            var isShorter = false
            while start < best.events.count, plays < Self.mostPlays {
                var events = best.events
                events.removeSubrange(start..<min(events.count, start + size))
                let kept = events.map(\.number)
                var shorter: Plan?
                for order in Self.orders where shorter == nil {
                    let plan = Plan(seed: seed, kept: kept, order: order)
                    plays += 1
                    if try play(plan)?.rule == rule { shorter = plan }
                }
                if let shorter {
                    best = shorter
                    isShorter = true
                } else {
                    start += size
                }
            }
            if size > 1 { size /= 2 } else if !isShorter { break }
        }
        return best
    }
}
