/// Decides when the service may be called alive: only when everyone that was asked since the last time has answered.
struct Pulse: Sendable {
    enum Event: Equatable, Sendable {
        /// The period has passed.
        case tick
        /// A member answered; answers to rounds long gone count as little as no answer.
        case answered(String, round: UInt64)
    }

    enum Action: Equatable, Sendable {
        case ask(String, round: UInt64)
        case signOfLife
        /// These have not answered in a whole period; told once for as long as it lasts.
        case silent([String])
    }

    private let members: [String]
    private var outstanding: Set<String> = []
    private var round: UInt64 = 0
    private var told = false

    init(members: [String]) {
        self.members = members
    }

    mutating func next(_ event: Event) -> [Action] {
        switch event {
        case .tick:
            guard outstanding.isEmpty else {
                guard !told else { return [] }
                told = true
                return [.silent(members.filter(outstanding.contains))]
            }
            round += 1
            outstanding = Set(members)
            return members.isEmpty ? [.signOfLife] : members.map { .ask($0, round: round) }
        case .answered(let member, let answered):
            guard answered == round, outstanding.remove(member) != nil, outstanding.isEmpty else { return [] }
            told = false
            return [.signOfLife]
        }
    }
}
