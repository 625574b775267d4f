internal import Cryptography
internal import KeyHierarchy

/// Makes room in locked memory.
final class SecretMemory: Sendable {
    private let directory: Keyring

    init(directory: Keyring) { self.directory = directory }

    func reclaimIfNeeded() {
        let arena = SecretArena.shared
        if arena.freeSlots < arena.slots / 16 { reclaim() }
    }

    /// Wipes the least recently used quarter of the keys that can be fetched again.
    func reclaim() {
        let held = directory.all.flatMap { environment in environment.withState { $0.cache.all } }
        let oldest = held.sorted { $0.lastUse < $1.lastUse }.prefix(held.count / 4 + 1)
        for key in oldest {
            key.environment.withState { $0.cache.remove(key) }
            key.wipe()
        }
    }
}
