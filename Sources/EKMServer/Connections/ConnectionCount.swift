internal import Synchronization

/// How many clients there are, on all loops.
final class ConnectionCount: Sendable {
    let limit: Int
    private let served = Atomic<Int>(0)
    private let accepted = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    var current: Int { served.load(ordering: .relaxed) }

    /// Counts one more; whether it may stay. In any case it must ``leave()``.
    func enter() -> Bool { served.add(1, ordering: .relaxed).newValue <= limit }

    func leave() { served.subtract(1, ordering: .relaxed) }

    /// How many have been accepted and not yet closed.
    var open: Int { accepted.load(ordering: .acquiring) }

    /// How many of them are still on their way to their loop.
    var arriving: Int { open - current }

    func accept() { accepted.add(1, ordering: .releasing) }

    func close() { accepted.subtract(1, ordering: .releasing) }
}
