/// One cell: the same load on all servers, in turns that lie as close together as can be.
struct CellRun {
    /// So much load before anything counts: keys are made, tables and caches filled.
    private static let warmUp = 0.1

    let cell: Cell
    private let servers: Servers
    private let closed: PerContender<ClosedLoad>

    init(_ cell: Cell, on servers: Servers, inbox: Inbox) throws(Failure) {
        self.cell = cell
        self.servers = servers
        closed = try PerContender { (contender) throws(Failure) in
            let server = servers[contender]
            let frames = try Requests(cell: cell).frames(for: server)
            var connections: [LoadConnection] = []
            for index in 0..<cell.connections {
                let socket = try server.connect(for: cell.operation)
                connections.append(LoadConnection(socket, frames, first: index * frames.count / cell.connections))
            }
            return ClosedLoad(connections: connections, poller: try Poller(connections), inbox: inbox, depth: cell.depth)
        }
        for contender in Contender.allCases { _ = try closed[contender].run(seconds: Self.warmUp) }
    }

    /// - Parameters:
    ///   - seconds: for each server, over all rounds.
    func report(seconds: Double, rounds: Int) throws(Failure) -> CellReport {
        let turns = try turns(rounds) { (contender) throws(Failure) in try closed[contender].run(seconds: seconds / Double(rounds)) }
        let figures = try PerContender { (contender) throws(Failure) in Figures(turns[contender]) }
        var open: OpenFigures?
        if cell.isOpen { open = try openFigures(perSecond: figures.ekmd.perSecond / 2, seconds: seconds, rounds: rounds) }
        let memory = try PerContender { (contender) throws(Failure) in ResidentMemory(of: servers[contender].process) }
        return CellReport(cell: cell, figures: figures, ratios: Ratios(turns), open: open, memory: memory)
    }

    /// How often each server allocates for one operation; only where they were started to count that.
    func allocations(seconds: Double) throws(Failure) -> PerContender<Double?> {
        try PerContender { (contender) throws(Failure) in
            try Turn(of: servers[contender]) { () throws(Failure) in try closed[contender].run(seconds: seconds) }.allocations
        }
    }

    /// What ekmd does at most.
    func peak(seconds: Double, rounds: Int) throws(Failure) -> Double {
        var all: [Double] = []
        for _ in 0..<rounds { all.append(try closed.ekmd.run(seconds: seconds / Double(rounds)).perSecond) }
        return all.median
    }

    /// The same load on all, which does not wait for answers.
    func openFigures(perSecond: Double, seconds: Double, rounds: Int) throws(Failure) -> OpenFigures {
        let turns = try turns(rounds) { (contender) throws(Failure) in
            let closed = closed[contender]
            return try OpenLoad(
                connections: closed.connections, poller: closed.poller, inbox: closed.inbox, spins: servers.cores.areApart
            ).run(perSecond: perSecond, seconds: seconds / Double(rounds))
        }
        return try OpenFigures(offered: perSecond, turns)
    }

    /// Each round has one turn of each; every other round goes backwards, so that a drift favours nobody.
    private func turns(
        _ rounds: Int, _ load: (Contender) throws(Failure) -> LoadOutcome
    ) throws(Failure) -> PerContender<[Turn]> {
        var turns = try PerContender<[Turn]> { _ in [] }
        for round in 0..<rounds {
            for contender in round % 2 == 0 ? Contender.allCases : Contender.allCases.reversed() {
                turns[contender].append(try Turn(of: servers[contender]) { () throws(Failure) in try load(contender) })
            }
        }
        return turns
    }
}
