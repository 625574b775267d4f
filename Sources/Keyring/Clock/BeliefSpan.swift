internal import Synchronization

/// A span of time in which the wall clock is believed, or one in which it is not. A key encrypts only in the span in which it was made or
/// taken into use: the hours of the one are not those of the other.
final class BeliefSpan: Sendable {
    let isDoubt: Bool
    private let over = Atomic(false)

    init(isDoubt: Bool) { self.isDoubt = isDoubt }

    var isOver: Bool { over.load(ordering: .acquiring) }

    func end() { over.store(true, ordering: .releasing) }
}
