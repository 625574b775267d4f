/// A change of one environment, decided on a revision of its record: one transaction, done or not.
package enum EnvironmentChange: Sendable {
    /// A new version of the environment key becomes current, with its main key and its repack.
    case adopt(Adoption)
    /// A version's `wrapped`, `generation` and `wrappedAt` are written anew.
    case rewrap(EnvironmentKeyRecord)
    /// Registers the main key that waits for its grant, or withdraws the one that waits.
    case setPending(PendingMainKey?)
    /// Sets a main key's sealed material; nil destroys it.
    case setMaterial([UInt8]?, of: MainKeyID)
    /// Adds a lock; the number that it has is used for no other.
    case lock(EnvironmentLock)
    /// Takes locks away; numbers that are not there any more are passed over.
    case unlock(Set<UInt32>)
    case setRetention(Retention)
    case setRepackState(RepackRecord.State)
    /// Ends the repack, if every live key has a wrap under its target: retires all other versions, whose wrapped bytes go at once.
    case finishRepack
    /// Takes a replacement back, if every live key has a wrap under another version than its target: retires the target, makes
    /// `previous` and its main key current again, and begins a repack to `previous` where keys hang under still other versions.
    /// `replacedAt` stays.
    case cancelRepack(at: WallTime)
    /// Begins an erasure, or adds to the one of the same id that is open: which keys it takes is fixed by this very transaction.
    case erase(ErasureRecord)
    /// The environment and everything below it is gone for everyone; its keys' rows go by and by (``KeyStore/continueDeletions(limit:)``).
    case delete
}

/// How far a deletion that goes by and by has come.
package enum Sweep: Hashable, Sendable {
    /// There was nothing to delete.
    case idle
    /// So many were deleted as were asked for; there may be more.
    case more
    /// The last ones were deleted; their bytes may still stand in the store's file or log until ``KeyStore/purge()``.
    case ended
}

/// A change that was committed.
package struct AppliedChange: Sendable {
    /// As it is since the change; nil where the environment is no more.
    package var record: EnvironmentRecord?
    /// Whether bytes that are gone still stand in the store's file or log until ``KeyStore/purge()``.
    package var isPurgeDue: Bool

    package init(record: EnvironmentRecord?, isPurgeDue: Bool = false) {
        self.record = record
        self.isPurgeDue = isPurgeDue
    }
}

/// One entry of the feed of changes: an environment appears once, with the number of its last change.
package struct FeedEntry: Hashable, Sendable {
    /// Grows with every change in the store; from 1.
    package var number: UInt64
    package var environment: EnvironmentID
    /// Nil where the environment was deleted.
    package var revision: Revision?

    package init(number: UInt64, environment: EnvironmentID, revision: Revision?) {
        self.number = number
        self.environment = environment
        self.revision = revision
    }
}
