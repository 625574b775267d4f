import Synchronization

/// Whether something that the status shows may have changed; many changes count as one.
final class StatusChanges: Sendable {
    private let changed = Atomic<Bool>(false)

    func note() { changed.store(true, ordering: .releasing) }

    /// Whether there was a change since the last time.
    func take() -> Bool { changed.exchange(false, ordering: .acquiringAndReleasing) }
}
