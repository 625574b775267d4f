internal import Synchronization

/// A span of time in which the wall clock is not believed; those who were made in it ask whether it is over.
final class OpenDoubt: Sendable {
    private let over = Atomic(false)

    var isOver: Bool { over.load(ordering: .acquiring) }

    func end() { over.store(true, ordering: .releasing) }
}
