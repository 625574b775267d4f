import Synchronization

/// Set by the first who comes.
final class AtomicFlag: Sendable {
    private let isSet = Atomic<Bool>(false)

    func set() -> Bool { !isSet.exchange(true, ordering: .acquiringAndReleasing) }
}
