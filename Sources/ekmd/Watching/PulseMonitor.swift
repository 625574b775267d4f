import Bedrock

/// Asks every event loop and queue for a sign of life, and passes one on when all have given theirs.
final class PulseMonitor: Sendable {
    /// One thread of work: how to have it run something.
    struct Member: Sendable {
        let name: String
        /// Calls back from the loop or queue itself.
        let ask: @Sendable (_ answer: @escaping @Sendable () -> Void) -> Void
    }

    private let members: [String: Member]
    private let pulse: Lock<Pulse>
    private let signOfLife: @Sendable () -> Void
    private let silent: @Sendable ([String]) -> Void

    /// - Parameters:
    ///   - signOfLife: called when all have answered, from the last of them.
    ///   - silent: called with those that have not answered when they should be asked again.
    init(_ members: [Member], signOfLife: @escaping @Sendable () -> Void, silent: @escaping @Sendable ([String]) -> Void) {
        self.members = Dictionary(members.map { ($0.name, $0) }) { first, _ in first }
        pulse = Lock(Pulse(members: members.map(\.name)))
        self.signOfLife = signOfLife
        self.silent = silent
    }

    /// To be called once in each period.
    func tick() { handle(.tick) }

    private func handle(_ event: Pulse.Event) {
        let actions = pulse.withLock { $0.next(event) }
        for action in actions {
            switch action {
            case .ask(let name, let round): members[name]?.ask { [weak self] in self?.handle(.answered(name, round: round)) }
            case .signOfLife: signOfLife()
            case .silent(let names): silent(names)
            }
        }
    }
}
