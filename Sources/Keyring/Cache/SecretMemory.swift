internal import Bedrock
internal import Cryptography
internal import KeyHierarchy

/// Makes room in locked memory.
///
/// Environments come up in turn, and lose what they have not used since their last turn: a full arena costs nobody a look at all keys.
final class SecretMemory: Sendable {
    private let directory: Keyring
    private let keeper: LifeKeeper
    /// One at a time: those who come together need only one to make room.
    private let turn = Lock(())

    init(directory: Keyring, keeper: LifeKeeper) {
        self.directory = directory
        self.keeper = keeper
    }

    func reclaimIfNeeded() {
        guard isScarce else { return }
        turn.withLock { _ in
            if isScarce { makeRoom() }
        }
    }

    /// Wipes about a quarter of the keys that can be fetched again, those that were used least lately.
    func reclaim() { turn.withLock { _ in makeRoom() } }

    private var isScarce: Bool {
        let arena = SecretArena.shared
        return arena.freeSlots < arena.slots / 16
    }

    private func makeRoom() {
        let arena = SecretArena.shared
        let wanted = arena.freeSlots + (arena.slots - arena.freeSlots) / 4 + 1
        // The second time around, what was used since the first is all that is spared.
        var looks = 2 * directory.holders
        while looks > 0, arena.freeSlots < wanted, let (environment, lookedAt) = directory.nextHolder(at: keeper.clock.now) {
            looks -= 1
            if environment.wipeKeys(unusedSince: lookedAt) { keeper.run(.reclaimed, of: environment) }
        }
    }
}

extension LiveEnvironment {
    /// - Returns: whether nothing of it was used since: then its environment keys may go as well.
    fileprivate func wipeKeys(unusedSince instant: BootInstant) -> Bool {
        let (gone, isIdle) = withState { state in
            let held = state.cache.all
            let gone = held.filter { $0.lastUse <= instant.nanoseconds }
            for key in gone { state.cache.remove(key) }
            let isIdle = gone.count == held.count && state.cache.environmentKeys.values.allSatisfy { $0.lastUse <= instant }
            return (gone, isIdle)
        }
        for key in gone { key.wipe() }
        return isIdle
    }
}
