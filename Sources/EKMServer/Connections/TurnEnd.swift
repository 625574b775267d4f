internal import NIOCore

/// When a connection's turn on its loop is over.
struct TurnEnd {
    private let deadline: NIODeadline

    /// For what cannot be broken off.
    static let never = TurnEnd(deadline: .distantFuture)

    private init(deadline: NIODeadline) { self.deadline = deadline }

    init(in time: TimeAmount) { deadline = .now() + time }

    var hasCome: Bool { .now() >= deadline }
}
