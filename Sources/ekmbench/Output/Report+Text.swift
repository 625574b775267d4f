extension Report {
    /// From here on the client may be the limit.
    private static let busy = 0.95
    /// From here on others are spoken of.
    private static let noticed = 0.05

    /// The whole report for a person.
    var text: String {
        var parts = [
            """
            ekmd against bare C servers, in one run: \(machine.text).
            \(cores.text.prefix(1).uppercased())\(cores.text.dropFirst()). Medians of \(rounds) turns of \((seconds / Double(rounds)).text(2)) s, ratios of pairs.
            floor: frames and AES-256-GCM under one kept key; suite: ekmd's suite 1 (XAES-256-GCM, HMAC-SHA-256) in OpenSSL's usual calls.
            """,
            "Throughput, operations per second\n\n" + throughput.text,
            "Latency in µs, each answer letting the next request go\n\n" + latency.text,
        ]
        if !open.isEmpty { parts.append("Latency in µs at half of ekmd's peak, from when each request was due\n\n" + open.text) }
        parts.append("What an operation costs the server, and its resident memory (VmRSS; ekmd's VmHWM)\n\n" + cost.text)
        parts.append(notes.joined(separator: "\n"))
        return parts.joined(separator: "\n\n")
    }

    private var throughput: TextTable {
        var table = TextTable(Cell.header + ["ekmd", "floor", "suite", "÷ floor", "÷ suite"])
        for row in cells {
            let all = Contender.allCases.map { contender in
                row.figures[contender].perSecond.text(0) + (row.figures[contender].clientBusy >= Self.busy ? "*" : "")
            }
            table.append(row.cell.columns + all + [row.ratios.floor.text(2), row.ratios.suite.text(2)])
        }
        return table
    }

    private var latency: TextTable {
        var table = TextTable(Cell.header + Self.percentiles + ["p50 ÷ floor", "÷ suite"])
        for row in cells {
            table.append(row.cell.columns + Self.columns(row.figures.ekmd.latency, row.figures.floor.latency, row.figures.suite.latency))
        }
        return table
    }

    private var open: TextTable {
        var table = TextTable(Cell.header + ["per second"] + Self.percentiles + ["p50 ÷ floor", "÷ suite"])
        for row in cells {
            guard let open = row.open else { continue }
            table.append(
                row.cell.columns + [open.offered.text(0)]
                    + Self.columns(open.latency.ekmd, open.latency.floor, open.latency.suite))
        }
        return table
    }

    private static let percentiles = Contender.allCases.flatMap { ["\($0) p50", "p99", "p99.9"] }

    private static func columns(_ ekmd: LatencyFigures, _ floor: LatencyFigures, _ suite: LatencyFigures) -> [String] {
        [ekmd, floor, suite].flatMap { [$0.p50.microseconds, $0.p99.microseconds, $0.p999.microseconds] }
            + [(ekmd.p50 / floor.p50).text(2), (ekmd.p50 / suite.p50).text(2)]
    }

    private var cost: TextTable {
        let instructions = instructionsNotCounted == nil ? ["instructions ekmd", "floor", "suite"] : []
        let allocations = areAllocationsCounted ? ["allocations ekmd", "floor", "suite"] : []
        let times = ["CPU µs ekmd", "floor", "suite", "÷ floor", "÷ suite"]
        var table = TextTable(Cell.header + times + instructions + allocations + ["MiB ekmd", "most", "floor", "suite"])
        for row in cells {
            let cpu = Contender.allCases.map { row.figures[$0].cpu }
            var line = row.cell.columns + cpu.map(\.microseconds) + [(cpu[0] / cpu[1]).text(2), (cpu[0] / cpu[2]).text(2)]
            if instructionsNotCounted == nil { line += Contender.allCases.map { row.figures[$0].instructions?.text(0) ?? "" } }
            if areAllocationsCounted { line += Contender.allCases.map { row.figures[$0].allocations?.text(2) ?? "" } }
            let memory = [row.memory.ekmd.now, row.memory.ekmd.most, row.memory.floor.now, row.memory.suite.now]
            table.append(line + memory.map { Double($0).mebibytes })
        }
        return table
    }

    private var areAllocationsCounted: Bool { cells.contains { $0.figures.ekmd.allocations != nil } }

    private var notes: [String] {
        var notes: [String] = []
        if cells.contains(where: { row in Contender.allCases.contains { row.figures[$0].clientBusy >= Self.busy } }) {
            notes.append("* The client was busy all the time: the server may be faster than this.")
        }
        if others >= Self.noticed {
            notes.append(
                "Other programs took \((others * 100).text(0)) % of the machine's time meanwhile: throughput and latency are theirs, too. "
                    + "The CPU time of an operation is not.")
        }
        if let instructionsNotCounted { notes.append("Instructions were not counted: \(instructionsNotCounted).") }
        if !areAllocationsCounted {
            notes.append(
                "Allocations were not counted: there is no libekmallocations.so beside ekmbench, or a sanitizer counts them itself.")
        }
        if !cores.areApart { notes.append("Client and servers had one core between them: all figures hold the client's work, too.") }
        return notes
    }
}
