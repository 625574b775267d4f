import ArgumentParser
import Bedrock
import Glibc

/// The benchmark of the whole.
@main
struct EKMBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ekmbench",
        abstract: "Measure ekmd against the least that a local encryption service can cost, in one run on one machine.",
        discussion: """
            ekmbench starts an ekmd of its own (a managed key, a private directory, no KMS) and two bare C servers, the programs ekmd and \
            ekmfloor beside it, and asks the same of each in turn. It takes about seven minutes; nothing is left behind, also after Ctrl-C.
            """)

    @Option(help: ArgumentHelp("How long each server is measured in each cell: 0.03 to \(Int(Plan.longest)).", valueName: "seconds"))
    var seconds: Double?

    @Flag(help: "A few cells, for a moment each: to see that it works, not to quote.")
    var quick = false

    @Option(help: ArgumentHelp("Only the cells whose name has that in it, such as 'encrypt 256 B, 128 deep'.", valueName: "text"))
    var only: String?

    @Option(help: ArgumentHelp("Write the figures there, for --compare and for programs.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Compare with a run that --json has written.", valueName: "file"))
    var compare: String?

    @Option(help: ArgumentHelp("Draw latency against load there.", valueName: "file"))
    var svg: String?

    @Option(
        name: .customLong("guard"),
        help: ArgumentHelp(
            "Measure nothing else than whether warm operations keep to their budget of instructions and allocations; 1 if not.",
            valueName: "budget"))
    var budget: String?

    static func main() {
        ProcessStart.holdStandardDescriptors()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            if !failure.message.isEmpty { Terminal.error(failure.text) }
            Glibc.exit(failure.exitCode)
        } catch {
            exit(withError: error)
        }
    }

    func run() throws {
        if let budget { return try check(Budget.read(budget)) }
        let length = seconds ?? (quick ? 0.15 : 3)
        guard (0.03...Plan.longest).contains(length) else {
            throw Failure.usage("--seconds is \(length).", remedy: "Let it be from 0.03 to \(Int(Plan.longest)).")
        }
        // Read first: minutes later is no time to learn that there is no such file.
        let old = try compare.map { (path) throws(Failure) in try ReportFile.read(path) }
        var plan = quick ? Plan.quick(seconds: length) : .full(seconds: length)
        if let only { plan.cells.removeAll { !$0.description.contains(only) } }
        guard !plan.cells.isEmpty else {
            throw Failure.usage("No cell has '\(only ?? "")' in its name.", remedy: "Names are such as '\(plan.curve)'.")
        }
        Interruption.prepare()
        let report = try Benchmark(plan: plan).run()
        try Terminal.output(report.text)
        if let old { try Terminal.output("\n" + Comparison(old: old, new: report).text) }
        if let json { try ReportFile.write(report, to: json) }
        if let svg, let curve = report.curve { try ReportFile.write(LoadChart(curve).text, to: svg) }
    }

    private func check(_ budget: Budget) throws {
        Interruption.prepare()
        let check = try BudgetCheck(budget)
        try Terminal.output(check.text)
        guard check.overruns.isEmpty else { throw Failure.overBudget(check.overruns) }
    }
}
