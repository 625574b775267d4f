internal import NIOCore

/// Turns on this event loop: what one connection sends keeps no other waiting for longer than a turn of each user.
extension Worker {
    /// A loop runs all that is to be run at once before it looks for what has arrived: so that it does look, the next turn comes later.
    static let betweenTurns = TimeAmount.microseconds(5)

    /// Whether nobody stands in line.
    var mayTakeTurn: Bool { turns.isEmpty }

    func turnEnd() -> TurnEnd { TurnEnd(in: turn) }

    func line(_ handler: FrameHandler, of user: UInt32) {
        turns.add(handler, of: user)
        guard !turnIsDue else { return }
        callTurn()
    }

    /// One turn for each round of the loop: what has arrived meanwhile is read first, so that who is new need not wait for the line.
    private func callTurn() {
        turnIsDue = true
        let worker = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: Self.betweenTurns) {
            let worker = worker.value
            worker.turnIsDue = false
            worker.turns.next()?.takeTurn()
            if !worker.turns.isEmpty, !worker.turnIsDue { worker.callTurn() }
        }
    }
}
