/// What warm operations cost, beside what they may: counted, not timed, so that a busy machine changes nothing.
struct BudgetCheck {
    struct Line {
        let budget: Budget.Line
        /// Nil where the machine does not count them.
        let instructions: Double?
        let allocationsPerThousand: Double
    }

    let margin: Double
    let lines: [Line]
    let whyNotCounted: String?

    /// For how long each cell is asked, and how often.
    private static let seconds = 0.1
    private static let turns = 10

    init(_ budget: Budget) throws(Failure) {
        guard AllocationCounter.isThere else {
            throw .noProgram("libekmallocations.so that can be preloaded here")
        }
        margin = budget.margin
        let cores = Cores.divide()
        let scratch = try Scratch()
        // The directory outlives whoever writes in it.
        defer { withExtendedLifetime(scratch) {} }
        let plain = try Servers(in: scratch, on: cores)
        whyNotCounted = plain[.ekmd].whyNotCounted
        let counting = try Scratch()
        defer { withExtendedLifetime(counting) {} }
        let counted = try Servers(in: counting, on: cores, countingAllocations: true)
        var lines: [Line] = []
        for line in budget.lines {
            let figures = try CellRun(line.cell, on: plain, inbox: Inbox()).report(
                seconds: Self.seconds * Double(Self.turns), rounds: Self.turns
            ).figures.ekmd
            // The least of some turns: timers, and tables that grow once, only add to it.
            let run = try CellRun(line.cell, on: counted, inbox: Inbox())
            var allocations = Double.infinity
            for _ in 0..<Self.turns { allocations = min(allocations, try run.allocations(seconds: Self.seconds).ekmd ?? .infinity) }
            lines.append(
                Line(
                    budget: line, instructions: whyNotCounted == nil ? figures.instructions : nil,
                    allocationsPerThousand: 1000 * allocations))
        }
        self.lines = lines
    }

    init(margin: Double, lines: [Line], whyNotCounted: String?) {
        self.margin = margin
        self.lines = lines
        self.whyNotCounted = whyNotCounted
    }

    /// What is over its budget, a sentence each.
    var overruns: [String] {
        lines.flatMap { line -> [String] in
            var found: [String] = []
            let most = line.budget.instructions.map { $0 * (1 + margin) }
            if let instructions = line.instructions, let most, instructions > most {
                found.append("\(line.budget.cell.description): \(Int(instructions)) instructions, at most \(Int(most))")
            }
            if line.allocationsPerThousand > line.budget.allocationsPerThousand {
                found.append(
                    "\(line.budget.cell.description): \(line.allocationsPerThousand.tenths) allocations for a thousand operations, at most "
                        + line.budget.allocationsPerThousand.tenths)
            }
            return found
        }
    }

    var text: String {
        var text = lines.map { line in
            let budget = line.budget.instructions.map { " of \(Int($0))" } ?? ""
            let instructions = line.instructions.map { "\(Int($0)) instructions\(budget), " } ?? ""
            return
                "\(line.budget.cell.description): \(instructions)\(line.allocationsPerThousand.tenths) allocations for a thousand operations of "
                + line.budget.allocationsPerThousand.tenths + "\n"
        }.joined()
        if let whyNotCounted { text += "Instructions are not checked: \(whyNotCounted).\n" }
        return text
    }
}

extension Double {
    /// With one decimal.
    fileprivate var tenths: String { isFinite ? "\((self * 10).rounded() / 10)" : "uncounted" }
}
