/// A run from its start to the report. What it started ends with it, however it ends.
struct Benchmark {
    /// How long allocations are counted in each cell.
    private static let counting = 0.05

    let plan: Plan

    func run() throws(Failure) -> Report {
        let cores = Cores.divide()
        let counts = AllocationCounter.isThere
        var progress = Progress(steps: plan.cells.count * (counts ? 2 : 1) + 1)
        defer { progress.end() }
        var report = try measured(on: cores, &progress)
        if counts { try countAllocations(on: cores, &report, &progress) }
        return report
    }

    private func measured(on cores: Cores, _ progress: inout Progress) throws(Failure) -> Report {
        let scratch = try Scratch()
        // The directory outlives whoever writes in it.
        defer { withExtendedLifetime(scratch) {} }
        let servers = try Servers(in: scratch, on: cores)
        let inbox = Inbox()
        var report = Report(
            machine: Machine(), cores: cores, seconds: plan.seconds, rounds: plan.rounds,
            instructionsNotCounted: servers[.ekmd].whyNotCounted)
        let before = MachineTime(servers)
        for cell in plan.cells {
            progress.begin(cell.description)
            let run = try CellRun(cell, on: servers, inbox: inbox)
            report.cells.append(try run.report(seconds: plan.seconds, rounds: plan.rounds))
        }
        progress.begin("latency against load")
        report.curve = try curve(servers, inbox)
        report.others = MachineTime(servers).others(since: before)
        return report
    }

    private func curve(_ servers: Servers, _ inbox: Inbox) throws(Failure) -> Curve {
        var cell = plan.curve
        cell.isOpen = true
        let run = try CellRun(cell, on: servers, inbox: inbox)
        let rounds = min(plan.rounds, 3)
        cell.isOpen = false
        let peak = try run.peak(seconds: plan.seconds / 2, rounds: rounds)
        var curve = Curve(cell: cell, peak: peak, points: [])
        for load in plan.loads {
            curve.points.append(try run.openFigures(perSecond: peak * load, seconds: plan.seconds / 2, rounds: rounds))
        }
        return curve
    }

    /// With servers of its own: counting costs time.
    private func countAllocations(on cores: Cores, _ report: inout Report, _ progress: inout Progress) throws(Failure) {
        let scratch = try Scratch()
        defer { withExtendedLifetime(scratch) {} }
        let servers = try Servers(in: scratch, on: cores, countingAllocations: true)
        let inbox = Inbox()
        for (place, cell) in plan.cells.enumerated() {
            progress.begin("allocations: \(cell.description)")
            let counts = try CellRun(cell, on: servers, inbox: inbox).allocations(seconds: Self.counting)
            for contender in Contender.allCases { report.cells[place].figures[contender].allocations = counts[contender] }
        }
    }
}
