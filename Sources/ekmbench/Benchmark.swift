import Glibc

/// A run from its start to the report. What it started ends with it, however it ends.
struct Benchmark {
    let plan: Plan

    func run() throws(Failure) -> Report {
        let scratch = try Scratch()
        let servers = try Servers(in: scratch)
        let inbox = Inbox()
        var progress = Progress(steps: plan.cells.count + 1)
        defer { progress.end() }
        let counterError = servers[.ekmd].counterError
        var report = Report(
            machine: Machine(), cores: servers.cores, seconds: plan.seconds, rounds: plan.rounds,
            notCounted: counterError == 0 ? nil : unsafe String(cString: strerror(counterError)))
        for cell in plan.cells {
            progress.begin(cell.description)
            let run = try CellRun(cell, on: servers, inbox: inbox)
            report.cells.append(try run.report(seconds: plan.seconds, rounds: plan.rounds))
        }
        progress.begin("latency against load")
        report.curve = try curve(servers, inbox)
        // The scratch directory outlives whoever writes in it.
        withExtendedLifetime(scratch) {}
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
}
