internal import Synchronization

/// How many clients are connected, on all loops.
final class ConnectionCount: Sendable {
    let limit: Int
    private let count = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    var current: Int { count.load(ordering: .relaxed) }

    /// Counts one more; whether it may stay. In any case it must ``leave()``.
    func enter() -> Bool { count.add(1, ordering: .relaxed).newValue <= limit }

    func leave() { count.subtract(1, ordering: .relaxed) }
}
